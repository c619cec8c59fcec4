"""How a number is shown."""

from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def plain(number: Decimal | None) -> str:
    """Show a decimal exactly, without needless zeros: 91.50 as 91.5, 15.000 as 15."""
    return "" if number is None else f"{number.normalize():f}"
