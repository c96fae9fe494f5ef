from datetime import timedelta

import pytest

from luzeiro.casework.officers.credentials import link_for, use_link
from luzeiro.casework.officers.models import Officer, Role
from luzeiro.casework.officers.refusals import DeadLink
from luzeiro.portal.first import first_link
from tests.casework.world import NOW


@pytest.mark.django_db
def test_the_first_administrator_has_a_link_and_no_password() -> None:
    token = first_link(now=NOW)
    assert token is not None
    first = Officer.objects.get()
    assert first.roles == {Role.ADMINISTRATOR, Role.TRAINER}
    assert not first.has_usable_password()
    again = first_link(now=NOW + timedelta(hours=1))
    assert again is not None
    with pytest.raises(DeadLink):
        link_for(token, NOW)
    use_link(token=again, password="a sentence of her own", now=NOW)
    assert first_link(now=NOW) is None
    assert Officer.objects.count() == 1
