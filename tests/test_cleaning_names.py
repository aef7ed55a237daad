import pytest

from loramake.cleaning.names import names_password, names_secret


@pytest.mark.parametrize("name", ["password", "db_pass", "passwd2", "passphrase", "ldap.pwd", "pw", "--dbpassword"])
def test_names_of_passwords(name):
    assert names_password(name)


@pytest.mark.parametrize("name", ["api_key", "x-api-key", "jwt_secret", "authtoken", "secret_key_base", "jsessionid"])
def test_names_of_secrets(name):
    assert names_secret(name)


@pytest.mark.parametrize("name", ["compass", "bypass", "key", "primary_key", "public_key", "next_token", "keys"])
def test_names_that_tell_nothing(name):
    assert not names_password(name) and not names_secret(name)
