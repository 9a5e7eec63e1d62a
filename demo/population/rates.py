"""How often everything that makes matching hard happens in the made-up population."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Rates:
    """Shares, each 0 to 1, of what the comment names; the defaults are the demo's.

    The shares of people in `twins`, `namesakes`, `families`, `couples` and `sharers` are planned:
    a population is within sampling error of them.  Every other one is an independent chance.
    """

    # Households.  Shares of the people:
    twins: float = 0.01  # who are one of a pair of twins (same birth date, address, surname)
    namesakes: float = 0.01  # who are a father or a son of the same given and family name
    families: float = 0.35  # who live in an ordinary family: parents and children, one surname
    couples: float = 0.20  # who live with a partner alone
    sharers: float = 0.08  # who share an address with people who are no kin of theirs
    shared_contact: float = 0.20  # of those who live with others: the head's phone, half the e-mail
    married_name: float = 0.15  # of wives with their husband's name: known under both names
    moved: float = 0.15  # of households: moved house while customers
    twice: float = 0.05  # of people: twice in one source

    # Records.  Shares of the records:
    nickname: float = 0.08  # of those whose given name has a pet form: that is written
    initial: float = 0.01  # only the initial of the given name
    other_spelling: float = 0.30  # of those of people with accents or another script: in Latin
    swapped_names: float = 0.01  # given and family name in each other's place
    swapped_day_month: float = 0.01  # of those with a day up to 12: day and month exchanged

    # Fields.  Shares of the fields that are not missing, for each attribute that is typed:
    typing: float = 0.12  # one typing or OCR error
    placeholder: float = 0.04  # of what is no name and no gender: a value that stands for none
    missing: float = 0.06  # of what is no name: not given at all
    wrong_gender: float = 0.005  # the gender picked wrongly

    def __post_init__(self) -> None:
        """Refuse what is no share, and households that add up to more than everybody."""
        for field in fields(self):
            share = getattr(self, field.name)
            if not 0 <= share <= 1:
                raise ValueError(f"{field.name} must be between 0 and 1, not {share}")
        if self.housed > 1:
            raise ValueError(f"the households' shares of the people add up to {self.housed:.2f}")

    @property
    def housed(self) -> float:
        """The share of the people that does not live alone (twins and namesakes bring kin)."""
        kin = 2 * self.twins + 1.5 * self.namesakes
        return kin + self.families + self.couples + self.sharers
