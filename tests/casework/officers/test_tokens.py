from luzeiro.casework.officers.models import ApiToken, Officer
from luzeiro.casework.officers.tokens import LIVES, PREFIX, make_token, officer_of, revoke_token
from tests.casework.world import NOW


def test_a_token_counts_until_it_is_too_old_or_revoked(carla: Officer) -> None:
    token = make_token(officer=carla, label="report", by=carla, now=NOW)
    assert token.startswith(PREFIX)
    assert officer_of(token, NOW) == carla
    assert officer_of(token, NOW + LIVES) is None
    assert officer_of(token + "x", NOW) is None
    revoke_token(token=ApiToken.objects.get(), by=carla, now=NOW)
    assert officer_of(token, NOW) is None


def test_a_token_ends_with_who_answers_for_it(carla: Officer) -> None:
    token = make_token(officer=carla, label="report", by=carla, now=NOW)
    assert token not in str(ApiToken.objects.values())
    Officer.objects.update(is_active=False)
    assert officer_of(token, NOW) is None
