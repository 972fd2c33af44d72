"""People in the stand-in's workspace, and the facts about them that an app gets."""

import pytest
from slack_sdk import WebClient

from tests.fakes.slack import Person, Workspace
from tests.fakes.slack.apps.endpoint import Endpoint
from tests.fakes.slack.conftest import CHANNEL, client_of, refusal

THEIRS = "T0PARTNER"


class TestUsers:
    def test_a_person_is_described(self, workspace: Workspace, client: WebClient) -> None:
        """With what a rule about people needs."""
        workspace.person("U0BOSS", name="boss", real_name="Bo Ss", admin=True, tz_offset=3600)
        user = client.users_info(user="U0BOSS")["user"]

        assert (user["id"], user["team_id"]) == ("U0BOSS", "T0STANDIN")
        assert (user["name"], user["real_name"]) == ("boss", "Bo Ss")
        assert user["profile"]["display_name"] == "boss"
        assert (user["is_admin"], user["tz_offset"]) == (True, 3600)
        unlike = ("is_bot", "is_app_user", "is_restricted", "is_ultra_restricted", "is_stranger")
        assert [key for key in (*unlike, "deleted") if user[key]] == []

    @pytest.mark.parametrize(
        ("kind", "told"),
        [
            ({"guest": "multi"}, {"is_restricted": True, "is_ultra_restricted": False}),
            ({"guest": "single"}, {"is_restricted": True, "is_ultra_restricted": True}),
            ({"bot": True}, {"is_bot": True}),
            ({"deleted": True}, {"deleted": True}),
            ({"foreign_team": THEIRS}, {"team_id": THEIRS, "is_stranger": True}),
        ],
    )
    def test_kinds_of_people_are_told_apart(
        self, workspace: Workspace, client: WebClient, kind: dict[str, str], told: dict[str, bool]
    ) -> None:
        """Guests, bots, those who left, strangers."""
        workspace.person("U0X", **kind)
        user = client.users_info(user="U0X")["user"]
        assert {key: user[key] for key in told} == told

    def test_a_shared_channel_makes_a_stranger_known(
        self, workspace: Workspace, client: WebClient
    ) -> None:
        """They are still of another team, and not in the list of users."""
        workspace.person("U0PAT", foreign_team=THEIRS)
        workspace.channels[CHANNEL].shared_with = (THEIRS,)
        user = client.users_info(user="U0PAT")["user"]

        assert (user["is_stranger"], user["team_id"]) == (False, THEIRS)
        assert [each["id"] for each in client.users_list()["members"]] == ["U0ROLLCALL"]

    def test_the_list_has_pages(self, workspace: Workspace, client: WebClient) -> None:
        """The last one has an empty cursor."""
        for name in "abc":
            workspace.person(f"U0{name}")
        pages = [page["members"] for page in client.users_list(limit=3)]
        assert [len(page) for page in pages] == [3, 1]
        assert refusal(client.users_list, limit=2000) == "invalid_limit"

    def test_nobody_is_found_without_the_scope_or_the_person(self, client: WebClient) -> None:
        """In Slack's words."""
        assert refusal(client.users_info, user="U0NOBODY") == "user_not_found"
        with Workspace(scopes={"chat:write"}) as narrow:
            assert refusal(client_of(narrow).users_info, user="U0ROLLCALL") == "missing_scope"
            assert refusal(client_of(narrow).users_list) == "missing_scope"

    def test_the_token_tells_whose_it_is(self, client: WebClient) -> None:
        """auth.test."""
        answer = client.auth_test()
        assert (answer["user_id"], answer["team_id"]) == ("U0ROLLCALL", "T0STANDIN")


class TestUserGroups:
    def test_the_people_of_a_group_are_listed(
        self, workspace: Workspace, client: WebClient
    ) -> None:
        group = workspace.add_group("S0TECHS", handle="techs", members=["U0ALICE"])
        group.members.append("U0BOB")
        assert client.usergroups_users_list(usergroup="S0TECHS")["users"] == ["U0ALICE", "U0BOB"]

    def test_a_disabled_group_is_left_out(self, workspace: Workspace, client: WebClient) -> None:
        """Unless it is asked for."""
        workspace.add_group("S0OLD", handle="old").disabled = True
        users = client.usergroups_users_list

        assert refusal(users, usergroup="S0OLD") == "no_such_subteam"
        assert users(usergroup="S0OLD", include_disabled=True)["users"] == []
        assert refusal(users, usergroup="") == "invalid_arguments"


class TestSlackConnect:
    @pytest.fixture
    def pat(self, workspace: Workspace) -> Person:
        workspace.channels[CHANNEL].shared_with = (THEIRS,)
        return workspace.person("U0PAT", name="pat", foreign_team=THEIRS, enterprise_id="E0PAT")

    def test_a_command_of_another_workspaces_person_brings_their_team(
        self, pat: Person, endpoint: Endpoint
    ) -> None:
        """And their organisation, if they have one."""
        pat.slash("/mac", channel=CHANNEL)
        (sent,) = endpoint.received
        assert (sent["team_id"], sent["enterprise_id"]) == (THEIRS, "E0PAT")

    def test_a_click_tells_both_teams(
        self, pat: Person, endpoint: Endpoint, client: WebClient, workspace: Workspace
    ) -> None:
        """The team of the app, and the team of the person."""
        text = {"type": "plain_text", "text": "Go"}
        button = {"type": "button", "text": text, "action_id": "go"}
        blocks = [{"type": "actions", "elements": [button]}]
        client.chat_postMessage(channel=CHANNEL, text="x", blocks=blocks)
        pat.click(workspace.channels[CHANNEL].messages[0], "go")

        (sent,) = endpoint.received
        assert sent["team"]["id"] == "T0STANDIN"
        assert sent["user"]["team_id"] == THEIRS

    def test_a_modal_of_theirs_is_submitted_from_their_team(
        self, pat: Person, endpoint: Endpoint, client: WebClient
    ) -> None:
        """The view still says where the app is installed."""
        plain = {"type": "plain_text", "text": "Register"}
        pat.shortcut("register")
        view = {"type": "modal", "title": plain, "blocks": []}
        client.views_open(trigger_id=endpoint.received[-1]["trigger_id"], view=view)
        pat.submit(pat.open_view())

        sent = endpoint.received[-1]
        assert (sent["team"]["id"], sent["user"]["team_id"]) == (THEIRS, THEIRS)
        assert sent["view"]["app_installed_team_id"] == "T0STANDIN"

    def test_messages_of_another_workspaces_person_are_told_as_from_a_shared_channel(
        self, pat: Person, endpoint: Endpoint
    ) -> None:
        """A mention names their team in another place than a message does."""
        pat.say(CHANNEL, "<@U0ROLLCALL> hello")
        message, mention = endpoint.received

        assert (message["team_id"], message["context_team_id"]) == (THEIRS, "T0STANDIN")
        assert message["authorizations"][0]["team_id"] == "T0STANDIN"
        assert message["is_ext_shared_channel"] is True
        assert message["event"]["team"] == THEIRS
        assert (mention["team_id"], mention["is_ext_shared_channel"]) == ("T0STANDIN", True)
        assert (mention["event"]["team"], mention["event"]["user_team"]) == ("T0STANDIN", THEIRS)


def test_a_locale_is_told_where_it_is_asked_for(client: WebClient, workspace: Workspace) -> None:
    workspace.person("U0GRETA", locale="de-DE")

    assert "locale" not in client.users_info(user="U0GRETA")["user"]
    assert client.users_info(user="U0GRETA", include_locale=True)["user"]["locale"] == "de-DE"
