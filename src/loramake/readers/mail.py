"""E-mail: one message (.eml), or a mailbox of them (.mbox)."""

import re
from collections.abc import Iterator
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

from loramake.errors import SourceError
from loramake.readers import marks
from loramake.readers.dates import iso_date
from loramake.readers.long_texts import LONGEST, TOO_LONG, byte_lines
from loramake.readers.mail_body import Body
from loramake.readers.mail_parts import Entity, message_of, words
from loramake.readers.parsed import Parsed, Reading, Refused, Stream
from loramake.recipe.source import Source
