import time

import pytest

from loramake.cleaning.commands import find_in_commands


def found(text: str) -> list[str]:
    return [text[entry.start : entry.end] for entry in find_in_commands(text)]


@pytest.mark.parametrize(
    "command",
    [
        "curl -u user:{} https://x.org",
        'curl -sSu "user:{}" https://x.org',
        "curl https://x.org \\\n  --user 'user:{}'",
        "mysql -u root -p{} db",
        'cmd: ["mysqladmin", "-uroot", "-p{}", "ping"]',
        "mariadb-dump -uroot -p'{}' db",
        "sshpass -p '{}' ssh host",
        "docker login -u ci -p {} registry.example",
        "twine upload -u me -p {} dist/*",
        "redis-cli -h cache -a {} flushall",
        "ldapsearch -x -D cn=admin -w {} -b dc=x",
        'sqlcmd -S sql01 -U sa -P {} -Q "select 1"',
        "mongosh --host db -u admin -p {}",
        "smbclient //nas/share -U 'nord\\me%{}'",
        "openssl pkcs12 -export -in a.pem -passout pass:{}",
        "xfreerdp /v:ts01 /u:me /p:{}",
        "plink -ssh -pw {} me@host",
        "7z a -p{} x.7z x",
        "htpasswd -b .htpasswd me {}",
        "net use Z: \\\\server\\share /user:NORD\\me {}",
        "net use \\\\server\\share {}",
        "net user me {} /add",
        'echo "me:{}" | chpasswd',
        "echo {} | sudo -S apt-get update",
        "echo {} | passwd --stdin me",
    ],
)
def test_only_the_password_is_found(command):
    assert found(command.format("hunter2X9")) == ["hunter2X9"]


@pytest.mark.parametrize(
    "text",
    [
        "curl -u user https://x.org and mysql -p db",
        'curl -u "$USER:$PASS" x; curl -u $TOKEN: x; sshpass -e ssh host; mysql -p$PW',
        "docker login -u ci --password-stdin; redis-cli -a <password>",
        "net use Z: /delete; net use; net user",
        "mysql is slow\nps -p1234",
        "openssl x509 -in a.pem; example pass: 12",
        "curl -o user:x",
    ],
)
def test_options_without_a_password(text):
    assert found(text) == []


def test_each_command_of_a_line_is_looked_at():
    assert found("curl -u a:b1c2d3 x; curl x; curl -u a:e4f5g6 y") == ["b1c2d3", "e4f5g6"]


PIECES = ["curl -u ", "curl ", "mysql -p", "net user ", "net use /user:", "echo a|", "sudo -S", "docker login", "zip -"]


@pytest.mark.parametrize("piece", PIECES)
def test_a_million_hostile_characters_take_linear_time(piece):
    begin = time.process_time()
    list(find_in_commands(piece * (1_000_000 // len(piece)) + " sudo -S chpasswd --stdin -U x -pw x"))
    assert time.process_time() - begin < 4
