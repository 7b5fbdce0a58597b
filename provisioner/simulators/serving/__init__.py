"""How does one server run any vendor's simulator? ``application`` takes requests, ``faults`` and ``effects`` spoil
them, ``pace`` slows them, ``record`` remembers them, ``administration`` is the control interface, ``listener`` the
socket. The last two need the optional extra ``simulators``.
"""
