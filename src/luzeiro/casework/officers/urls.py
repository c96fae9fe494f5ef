"""Where the gate's pages are."""

from django.urls import path

from luzeiro.casework.officers.views import account, people, sign_in, training

app_name = "officers"
urlpatterns = [
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-in/factor", sign_in.factor, name="factor"),
    path("sign-in/passkey/options", sign_in.factor_passkey_options, name="factor-passkey-options"),
    path("sign-in/passkey", sign_in.factor_passkey, name="factor-passkey"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("welcome/<str:token>", sign_in.welcome, name="welcome"),
    path("language", sign_in.language, name="language"),
    path("factor/set-up", account.factor_set_up, name="factor-set-up"),
    path("factor/codes", account.factor_codes, name="factor-codes"),
    path("factor/codes/renew", account.codes_renew, name="codes-renew"),
    path("factor/passkey/options", account.add_options, name="passkey-options"),
    path("factor/passkey", account.passkey_add, name="passkey-add"),
    path("factor/passkey/<int:passkey_id>/remove", account.passkey_remove, name="passkey-remove"),
    path("agreement", account.agreement, name="agreement"),
    path("renewal", account.renewal, name="renewal"),
    path("account", account.account, name="account"),
    path("account/password", account.password, name="password"),
    path("account/sessions/end", account.end_other_sessions, name="end-sessions"),
    path("confirm", account.confirm, name="confirm"),
    path(
        "confirm/passkey/options", account.confirm_passkey_options, name="confirm-passkey-options"
    ),
    path("confirm/passkey", account.confirm_passkey, name="confirm-passkey"),
    path("people/", people.people, name="people"),
    path("people/new", people.new_officer, name="enlist"),
    path("people/<uuid:officer_id>", people.one_officer, name="officer"),
    path("people/<uuid:officer_id>/factor-reset", people.reset_factor, name="factor-reset"),
    path("people/<uuid:officer_id>/link", people.new_link, name="link"),
    path("units/", people.units, name="units"),
    path("units/new", people.new_unit, name="unit-found"),
    path("tokens/", people.tokens, name="tokens"),
    path("tokens/new", people.token_make, name="token-make"),
    path("tokens/<int:token_id>/revoke", people.token_revoke, name="token-revoke"),
    path("training/", training.training, name="training"),
    path("training/courses/new", training.new_course, name="course-new"),
    path("training/sessions/new", training.new_session, name="session-new"),
    path("training/sessions/<int:session_id>", training.one_session, name="session"),
    path("training/sessions/<int:session_id>/seats", training.seat, name="session-enrol"),
    path("training/seats/<int:enrolment_id>/result", training.result, name="session-result"),
    path("certificates/<uuid:certificate_id>", training.certificate, name="certificate"),
]
