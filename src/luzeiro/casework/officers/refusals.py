"""Why the gate stays shut."""

from django.utils.translation import gettext_lazy as _

from luzeiro.casework.refusals import Refusal


class WrongCredentials(Refusal):
    # One sentence for every reason: who has an account here is a secret.
    message = _("That did not work. Check what you typed; after five failures, wait 15 minutes.")


class WrongCode(Refusal):
    message = _("That code does not count. Wait for the next one, or use a recovery code.")


class TooManyAttempts(Refusal):
    message = _("Too many attempts failed. Wait a quarter of an hour, then try again.")


class DeadLink(Refusal):
    message = _("This link was used, or is too old. Ask your administrator for another.")


class LoginTaken(Refusal):
    message = _("The login %(login)s is taken. Choose another.")


class CodeTaken(Refusal):
    message = _("%(code)s is already the jurisdiction of another unit.")


class NotYourself(Refusal):
    message = _("You cannot do this to your own account. Ask another administrator.")


class AlreadyRecorded(Refusal):
    message = _("A result was recorded already. It stays.")


class LastFactor(Refusal):
    message = _("This is your only second factor. Add another before you remove it.")
