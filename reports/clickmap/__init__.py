"""An e-mail's own HTML with its links known by number, and the clicks of each; for the click map. Nothing is fetched.

What comes from outside is hostile: `sanitise` says what is left of it, and `matching` which clicks belong to which
link. `reports.charts.clickmap` makes the picture.
"""

from reports.clickmap.annotate import Annotated, annotate
from reports.clickmap.matching import Group, html_clicks, html_people
from reports.clickmap.sanitise import Unreadable, without_addresses

__all__ = ["Annotated", "Group", "Unreadable", "annotate", "html_clicks", "html_people", "without_addresses"]
