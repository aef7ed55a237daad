import pytest

from loramake.cleaning.boilerplate import strip_boilerplate

TEXT = "The pump runs dry when the tank is empty."


@pytest.mark.parametrize(
    "line",
    [
        "Skip to main content",
        "Back to top ↑",
        "We use cookies to improve your experience. Read our cookie policy.",
        "Accept all cookies",
        "© 2024 Acme Pumps Ltd. All rights reserved.",
        "Copyright 2019-2024 Acme",
        "Last updated on 3 May 2024",
        "Created using Sphinx 7.1.2",
        "Previous | Next | Home",
        "- Edit this page",
        "Share this article on LinkedIn",
        "Was this page helpful?",
        "Page 3 of 12",
        "Sent from my iPhone",
        "Home\nBlog\nCareers\nContact us",
        "* Home\n* About\n* Sitemap",
    ],
)
def test_boilerplate_goes(line):
    assert strip_boilerplate(f"{line}\n\n{TEXT}\n\n{line}") == TEXT


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "# Contents\n\nWhat the box holds.",
        "## Search\n\nHow to search.",
        "Home",
        "- Print\n- Copy\n\nBoth commands need a printer.",
        "Copyright law protects the author for seventy years.",
        "We use cookies as a snack in the break, and the machine room is swept after it by whoever ate them; this is a "
        "rule of the house and has been so since 1974.",
        "```\nBack to top\nPage 3 of 12\n```",
        "The last page 3 of 12 is missing.",
        "",
    ],
)
def test_what_says_something_stays(text):
    assert strip_boilerplate(text) == text


def test_a_page_break_survives_the_line_that_it_stands_on():
    assert strip_boilerplate(f"{TEXT}\n\fPage 2 of 3\n{TEXT}") == f"{TEXT}\n\f\n{TEXT}"
