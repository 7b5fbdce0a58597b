"""How does DeepCall say that something is wrong? By codes whose meaning depends on the module, §4.13, D-4, D-22."""

from __future__ import annotations

_COMMON = {
    1000: "Invalid parameters",
    1001: "Invalid data type",
    1002: "userId not provided",
    1003: "agentId does not exist",
    1006: "Group id does not exist",
    1009: "Something went wrong",
    1010: "Database connection error",
    1014: "Invalid or expired session/token",
    1015: "Permission denied",
    1020: "Token is missing",
    1032: "Internal server error",
    1039: "User account suspended",
    1047: "Empty or malformed request body",
}

_AGENT = {
    1501: "Data already in processing",
    1502: "Invalid filter value",
    1503: "Invalid role id",
    1504: "Invalid parent",
    1505: "Invalid group data",
    1506: "AgentId and parent could not be same",
    1507: "Invalid AgentID",
    1508: "Invalid status value",
    1509: "Invalid agentId",
    1510: "Invalid Destination",
    1511: "Working time format is invalid",
    1512: "Email already exists",
    1513: "Invalid type",
    1514: "Invalid mobile Number",
    1515: "Invalid Name",
    1516: "Invalid Did Number",
    1517: "Your agentid and your loginid must be same",
    1518: "Data could not be updated",
    1519: "Call Password must be Integer and Eight digit",
    1520: "You must be single field update",
    1521: "Please Provide Only Valid fields",
    1522: "You could not inserted your data. Please try again",
    1523: "Your agent information is already added",
    1524: "Invalid Action",
    1525: "Invalid Targetagent Id",
    1526: "Invalid Id",
    1527: "Invalid Type",
    1528: "Invalid Favorite Data",
    1529: "Invalid Domain",
    1530: "Invalid Agent Timing",
}

_GROUP = {
    1501: "Group name is not provided",
    1502: "groupId is required",
    1503: "Group not found or not authorized",
}

_MODULES = {"Agent": _COMMON | _AGENT, "Group": _COMMON | _GROUP, "role": _COMMON}


class Failure(Exception):
    """The request is refused with this code; which module it was sent to decides what that means."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)


def message(module: str, code: int) -> str:
    """The vendor's words, or for codes outside of the module Agent their meaning."""
    return _MODULES[module].get(code, "Unknown error")
