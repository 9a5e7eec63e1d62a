"""A day of a small store, drawn at random: departments submit and retire, stewards judge."""

from collections import defaultdict
from random import Random

from mdm.hub import Hub
from mdm.model.errors import Contradiction, MdmError
from mdm.model.judgements import Proposal, Shown
from mdm.model.submissions import Submission
from tests.resolving import ANN, BOB, CID, RULES, Office, ref

NAMES = [f"{'bank' if number % 2 else 'shop'}/{number}" for number in range(12)]
PEOPLE = [ANN, BOB, CID]


class Day:
    """A day of a small store: departments submit, stewards judge."""

    def __init__(self, office: Office, seed: int) -> None:
        self.office, self.random = office, Random(seed)
        self.hub = Hub(office.store, RULES)
        self.judged: list[int] = []

    def attributes(self) -> dict[str, object]:
        """Make somebody of the values of three people; bridges come of it."""
        random = self.random
        made = {name: random.choice(PEOPLE)[name] for name in ("given_name", "date_of_birth")}
        lost = [name for name in made if random.random() < 0.2]
        emails = random.sample([each["email"][0] for each in PEOPLE], random.choice([0, 1, 1, 2]))
        return {n: value for n, value in made.items() if n not in lost} | {"email": emails}

    def begin(self) -> None:
        names = self.random.sample(NAMES, self.random.randint(3, len(NAMES)))
        for name in names:
            given = self.attributes()
            given["email"] = tuple(given["email"])
            self.office.take(**{name.replace("/", "_"): given})
        self.office.train()
        self.office.resolve()

    def act(self) -> None:
        acts = [self.submit] * 5 + [self.retire] * 2 + [self.judge] * 2 + [self.withdraw]
        self.random.choice(acts)()

    def submit(self) -> None:
        source = self.random.choice(["bank", "shop"])
        keys = [name.partition("/")[2] for name in NAMES if name.startswith(source)]
        count = self.random.choice([1, 1, 3])
        chosen = [Submission(self.random.choice(keys), self.attributes()) for _ in range(count)]
        answers = self.hub.submit(source, chosen)
        assert not [answer for answer in answers if isinstance(answer, MdmError)]

    def retire(self) -> None:
        known = sorted(self.office.homes())
        if known:
            self.hub.submitting.retire(ref(self.random.choice(known)))

    def judge(self) -> None:
        """Partition the records of some golden records; supersede what it contradicts."""
        together = defaultdict(list)
        for name, home in sorted(self.office.homes().items()):
            together[home].append(name)
        golden = sorted(together.values())  # golden IDs are random
        chosen = self.random.sample(golden, min(len(golden), 2))
        shown = [name for names in chosen for name in names]
        if len(shown) < 2:
            return
        parts = [[], []]
        for name in shown:
            parts[self.random.choice([0, 0, 1])].append(Shown(ref(name)))
        self.keep([part for part in parts if part])

    def keep(self, parts: list[list[Shown]]) -> None:
        superseded: list[int] = []
        while True:
            try:
                done = self.hub.judge(
                    Proposal("partition", parts, "steward", "called them", superseded)
                )
            except Contradiction as contradiction:
                superseded.append(next(n for n in contradiction.judgements if n not in superseded))
                continue
            self.judged.append(done.judgement_id)
            return

    def withdraw(self) -> None:
        if self.judged:
            try:
                self.hub.withdraw(self.random.choice(self.judged), "steward", "looked again")
            except MdmError:
                return
