"""The locales in which Bird transcribes calls: the list of its Voice API, taken as the same one (assumption A-8).

Source: docs.bird.com/api/voice-api/transcriptions-api/initiate-a-transcription, ``SupportedLocales``.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

LOCALES = frozenset(
    (  # noqa: SIM905 - a list of words reads best as words
        "ar-AE ar-SA cmn-CN cy-GB da-DK de-CH de-DE el-GR en-AU en-GB en-GB-WLS en-IE en-IN en-NZ en-US en-ZA es-ES "
        "es-MX es-US fr-CA fr-FR he-IL hi-IN id-ID is-IS it-IT ja-JP ko-KR ms-MY nb-NO nl-NL pl-PL pt-BR pt-PT ro-RO "
        "ru-RU sv-SE ta-IN te-IN th-TH tr-TR vi-VN zh-CN zh-HK zh-TW arb af-ZA bn-IN ca-ES cmn-TW cs-CZ fi-FI fil-PH "
        "gu-IN hu-HU kn-IN lt-LT lv-LV ml-IN mr-IN pa-IN sk-SK sr-RS uk-UA yue-HK no-NO"
    ).split()
)


def _known(locale: str) -> str:
    if locale not in LOCALES:
        raise PydanticCustomError("locale", "Bird does not transcribe `{locale}`", {"locale": locale})
    return locale


Locale = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    AfterValidator(_known),
    Field(
        description="The language in which the agent's calls are transcribed.",
        json_schema_extra={"expected": f"one of {', '.join(sorted(LOCALES))}"},
    ),
]
