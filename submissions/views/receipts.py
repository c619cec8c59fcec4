"""Receipts: seen by whoever holds one, checked by whoever is shown one."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from courseapp.kernel.guard import GuardedRequest, public
from courseapp.kernel.page import render_page
from submissions.forms import ReceiptForm
from submissions.selectors import receipts


@require_safe
@public("Whoever holds a receipt may check it.", load=receipts.receipt_held, policy=None)
def receipt(request: GuardedRequest, found: receipts.HeldReceipt) -> HttpResponse:
    """Confirm a receipt: when what came in, and its hash; never whose it is."""
    return render_page(request, "submissions/receipt.html", {"receipt": found})


@require_safe
@public("Whoever holds a receipt may keep it.", load=receipts.receipt_held, policy=None)
def receipt_file(request: GuardedRequest, found: receipts.HeldReceipt) -> HttpResponse:
    """Give the receipt as a small signed file."""
    response = HttpResponse(found.written, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@public("Whoever is shown a receipt may ask whether it is genuine.")
def check(request: GuardedRequest) -> HttpResponse:
    """Say what a receipt is worth, and by which keys receipts are signed."""
    is_asked = request.method == "POST"
    form = ReceiptForm(request.POST, request.FILES) if is_asked else ReceiptForm()
    checked = None
    if form.is_valid():
        checked = receipts.checked(request.actor, now=request.now, **form.wish())
    context = {"form": form, "checked": checked, "keys": receipts.signing_keys()}
    status = 422 if is_asked and checked is None else 200
    return render_page(request, "submissions/receipt_check.html", context, status=status)
