"""A review: what the model is unsure of, side by side."""

from flask import Response

from api.hub import hub
from api.steward.pages import blueprint, page


@blueprint.get("/reviews/<review_id>")
def review(review_id: str) -> Response:
    """Show a review, open or closed."""
    return page("review.html", review=hub().reviews.review(review_id))
