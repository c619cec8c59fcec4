from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "courseapp.accounts"
    label = "accounts"
