from tests.unit.alerts.cases.people import PEOPLE
from tests.unit.alerts.cases.pipeline import STATE, STREAM, WATCH
from tests.unit.alerts.cases.queues import QUEUES
from tests.unit.alerts.cases.raters import RATERS
from tests.unit.alerts.cases.vendors import VENDORS

CASES = (*RATERS, *QUEUES, *VENDORS, *PEOPLE, *STREAM, *STATE, *WATCH)
