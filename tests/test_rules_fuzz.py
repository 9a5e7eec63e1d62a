"""Whatever a rules file says, it loads or is refused: nothing else is ever raised."""

from contextlib import suppress

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.model.errors import FileInvalid
from mdm.model.rules.load import rules_from_text

KEYS = st.sampled_from(
    [
        *("entity", "attributes", "placeholders", "blocking", "comparisons", "training", "kind"),
        *("thresholds", "survivorship", "many", "once", "format", "region", "standardise", "name"),
        *("on", "levels", "else", "when", "term_frequency", "m", "u", "blocks", "deterministic"),
        *("recall", "link", "review", "default", "groups", "email", "born", "key", "_schema"),
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.floats()
    | KEYS
    | st.text(max_size=5)
    | st.sampled_from(
        [
            "given_name",
            "email.local",
            "similar 0.9",
            "crossed email",
            "born.year",
            "%d/%m/%Y",
            "trust",
        ]
    )
)
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)
SHAPED = st.fixed_dictionaries(
    {"attributes": st.just({"email": "email", "born": "date", "given_name": "given_name"}) | DATA},
    optional={
        "blocking": st.lists(st.lists(SCALARS, max_size=3) | DATA, max_size=3),
        "comparisons": st.dictionaries(
            KEYS,
            st.fixed_dictionaries({"levels": st.lists(st.fixed_dictionaries({"when": DATA}))})
            | DATA,
            max_size=2,
        ),
        "training": DATA,
        "thresholds": st.fixed_dictionaries({"link": SCALARS, "review": SCALARS}),
        "survivorship": st.fixed_dictionaries(
            {"default": DATA, "groups": st.dictionaries(KEYS, st.lists(SCALARS))}
        ),
    },
)


@settings(max_examples=200, deadline=None)
@given(DATA | SHAPED)
def test_whatever_a_file_says_it_loads_or_is_refused_with_file_invalid(data):
    with suppress(FileInvalid):
        rules_from_text(yaml.safe_dump(data, allow_unicode=True), "x.yaml")
