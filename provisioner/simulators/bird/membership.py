"""Which users are in which teams since when? Bird writes it from both sides, on creation only (A-10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class Memberships:
    """User ids in teams, in the order in which they joined."""

    def __init__(self) -> None:
        self._since: dict[str, dict[str, str]] = {}  # team, user, time

    def of_team(self, team: str) -> Mapping[str, str]:
        """Its users, and since when."""
        return self._since.get(team, {})

    def of_user(self, user: str) -> dict[str, str]:
        """The user's teams, and since when."""
        return {team: members[user] for team, members in self._since.items() if user in members}

    def set_team(self, team: str, users: Iterable[str], now: str) -> None:
        """Exactly these users are in the team."""
        before = self.of_team(team)
        self._since[team] = {user: before.get(user, now) for user in users}

    def set_user(self, user: str, teams: Iterable[str], now: str) -> None:
        """The user is in exactly these teams."""
        wanted = set(teams)
        for team in wanted - self._since.keys():
            self._since[team] = {}
        for team, members in self._since.items():
            if team in wanted:
                members.setdefault(user, now)
            else:
                members.pop(user, None)

    def join(self, user: str, teams: Iterable[str], now: str) -> None:
        """The user is in these teams, too."""
        self.set_user(user, [*self.of_user(user), *teams], now)

    def forget_team(self, team: str) -> None:
        """Nobody is in it."""
        self._since.pop(team, None)

    def snapshot(self) -> dict[str, dict[str, str]]:
        """All as JSON."""
        return {team: dict(members) for team, members in self._since.items()}

    def restore(self, snapshot: Mapping[str, Mapping[str, str]]) -> None:
        """Become what `snapshot` told."""
        self._since = {team: dict(members) for team, members in snapshot.items()}
