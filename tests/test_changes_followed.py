"""Whoever follows the changes from the first one on ends up with what is published."""

from contextlib import suppress
from itertools import count

from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from api import create_app
from mdm.identity import components
from mdm.matching import blocking
from mdm.model.errors import NothingToDo, PreconditionFailed
from tests import stores
from tests.day import NAMES, Day
from tests.following import Follower
from tests.resolving import RULES, SINGLE, STRICT, Office

HISTORIES = settings(
    max_examples=8,
    phases=(Phase.reuse, Phase.generate),  # a history takes a second, and shrinking hundreds
    suppress_health_check=[HealthCheck.too_slow],
)


class Year(Day):
    """Longer than a day: departments are ingested too, and models trained and published with."""

    def __init__(self, office: Office, random) -> None:
        super().__init__(office, seed=0)
        self.random = random
        self.rules = RULES
        self.follower = Follower(create_app(self.hub).test_client())

    def attributes(self) -> dict[str, object]:
        made = super().attributes()
        if self.rules is SINGLE:
            made["email"] = "".join(made["email"][:1])
        return made

    def judge(self) -> None:
        with suppress(PreconditionFailed):  # of what waits for a resolve nothing was shown
            super().judge()

    def begin(self) -> None:
        for _ in range(self.random.randint(3, 8)):
            self.take()
        self.office.train()
        self.office.resolve()

    def take(self) -> None:
        """Take a record, retire one now and then, and leave them to wait."""
        name, said = self.random.choice(NAMES), super().attributes()
        emails = tuple(said.pop("email"))
        self.office.take(**{name.replace("/", "_"): said | ({"email": emails} if emails else {})})
        if self.random.random() < 0.2:
            self.office.retire(self.random.choice(sorted(self.office.homes()) or [name]))

    def resolve(self) -> None:
        self.take()
        self.office.resolve()

    def retrain(self) -> None:
        rules = self.random.choice([RULES, STRICT, SINGLE])
        with suppress(NothingToDo):
            self.office.train(rules)
            self.office.resolve()
            self.rules = rules

    def look(self) -> None:
        self.follower.follow(limit=self.random.randint(1, 4), most=self.random.randint(1, 3))


ACTS = [Year.submit] * 4 + [Year.retire, Year.judge, Year.judge, Year.withdraw]
ACTS += [Year.take, Year.resolve, Year.resolve, Year.retrain]


def test_who_follows_from_the_beginning_has_what_is_published(database, store_url, monkeypatch):
    monkeypatch.setattr(components, "COMPONENT_LIMIT", 5)
    monkeypatch.setattr(blocking, "KEY_LIMIT", 5)
    numbers = count()

    @HISTORIES
    @given(
        random=st.randoms(use_true_random=False),
        acts=st.lists(st.sampled_from(ACTS), min_size=4, max_size=8),
    )
    def attempt(random, acts):
        url = f"{store_url}{next(numbers)}" if database == "sqlite" else store_url
        with stores.fresh(url) as store:
            year = Year(Office(store), random)
            year.look()
            with suppress(NothingToDo):  # too many share everything: nothing is left to block by
                year.begin()
                for act in acts:
                    year.look()
                    note(act.__name__)
                    act(year)
            year.follower.follow(limit=3)
            year.follower.has_what_is_published(year.office)

    attempt()
