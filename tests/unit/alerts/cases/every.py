from tests.unit.alerts.cases.desk import DESK
from tests.unit.alerts.cases.people import PEOPLE
from tests.unit.alerts.cases.queues import QUEUES
from tests.unit.alerts.cases.raters import RATERS
from tests.unit.alerts.cases.state import STATE
from tests.unit.alerts.cases.stream import STREAM
from tests.unit.alerts.cases.vendors import VENDORS
from tests.unit.alerts.cases.watch import WATCH

CASES = (*RATERS, *QUEUES, *VENDORS, *PEOPLE, *STREAM, *STATE, *DESK, *WATCH)
