"""What do people write above a column of a spreadsheet when they mean a field? For every kind, by the field's name.

A field is known by its own name in any case and with any signs between its words (`First name`, `FIRST-NAME`), and with
the kind before it (`Agent number`). Only what differs from that stands here. Accents do not count.
"""

from __future__ import annotations

from collections.abc import Mapping

KEY, ON = "key", "on"
"""Columns that are no fields: the declaration's key, and the connections on which it lives."""

HEADINGS: Mapping[str, tuple[str, ...]] = {
    KEY: ("declaration", "manifest key"),
    ON: ("connection", "connections", "lives on"),
    "first_name": ("given name", "forename", "nombre", "prénom", "vorname", "voornaam"),
    "last_name": ("surname", "family name", "apellido", "apellidos", "nom", "nom de famille", "nachname", "achternaam"),
    "name": ("full name", "display name"),
    "email": (
        "mail",
        "email address",
        "mail address",
        "correo",
        "correo electrónico",
        "courriel",
        "adresse e-mail",
        "e-mail-adresse",
    ),
    "username": ("user", "login", "login name", "sign-in name", "usuario", "identifiant", "benutzername"),
    "number": ("no", "nr", "número", "numéro", "nummer", "login number", "sign-in number"),
    "extension": ("ext", "extension number", "internal number", "extensión", "nebenstelle", "durchwahl", "poste"),
    "password": ("pin", "pin code", "passcode", "pass code", "contraseña", "mot de passe", "passwort", "kennwort"),
    "mobile": ("mobile number", "mobile phone", "cell", "cell phone", "móvil", "handy"),
    "phone": ("phone number", "telephone", "telephone number", "tel", "teléfono", "téléphone", "telefon"),
    "language": ("lang", "idioma", "langue", "sprache"),
    "timezone": ("tz", "zona horaria", "fuseau horaire", "zeitzone"),
    "wrap_up_time": ("wrap up", "after-call work", "acw"),
    "max_wait_time": ("max wait", "maximum wait", "maximum waiting time"),
    "ring_strategy": ("strategy",),
    "teams": ("team", "equipo", "équipe"),
    "groups": ("group", "grupo", "groupe", "gruppe"),
    "tags": ("tag",),
    "agents": ("agent", "members", "member"),
    "assigned_skills": ("skills", "skill"),
    "active": ("enabled",),
    "enabled": ("active",),
    "outbound_cid": ("outbound caller id", "caller id"),
}
"""Field name → what else it is called, the more usual first. A title that is some field's own name means that field."""
