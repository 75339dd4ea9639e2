"""The words of the made-up records: neutral, clinical, without names, and with every awkward way of writing a term.

The pools hold whole sentences, so that a sentence can be checked by eye. None of the background sentences holds a
term of the example request, though many hold its letters (said, paid, first aid, email, Dubai).
"""

from __future__ import annotations

from typing import NamedTuple

SUMMARIES = {
    "086/02": (
        "Referral received from the national reporting body about an upload from an account in this force area.",
        "Report that indecent photographs were sent through a messaging application. No image is held on this record.",
        "Device seized under warrant. Examination requested for indecent photographs or pseudo-photographs.",
        "School reports that a pupil was shown an unlawful photograph by another pupil. Parents informed.",
        "Online account linked to an address in the district. Safeguarding referral made the same day.",
    ),
    "086/10": (
        "Examination of a seized phone recorded unlawful photographs in the cache. No distribution found so far.",
        "Referral about stored files. Address check and occupancy check completed.",
        "Second device handed in by the employer after a network alert. Exhibit booked in.",
    ),
    "088/15": (
        "Reporting person states that an intimate photograph was shared in a group chat without agreement.",
        "Threat received by message to share an intimate photograph with relatives unless contact resumed.",
        "Former partner is said to have shared an intimate film with colleagues. Screenshots to be provided by V1.",
    ),
    "175/08": (
        "Intimate photograph shared with one person without agreement. V1 does not wish to attend court.",
        "An intimate photograph appeared on a profile page and was taken down by the provider.",
    ),
    "088/14": (
        "Unsolicited photograph received by a passenger through a nearby-sharing function. V1 declined it.",
        "Unsolicited film sent to the reporting person through a marketplace message.",
    ),
    "088/09": (
        "Male exposed himself to a walker on the canal path and left on foot. Area search made, no trace.",
        "Exposure reported by a bus passenger. Operator asked to preserve the recording.",
    ),
    "008/71": (
        "Private photograph disclosed on a social media page with a comment. V1 distressed, page since removed.",
        "Private film sent to the employer of V1 by a former partner.",
    ),
    "035/00": (
        "Caller was contacted by an unknown account that demanded payment. Caller paid one amount and then stopped.",
        "Demand for vouchers received by message. The account claims to hold a recording. Advice given.",
    ),
}
OTHER_SUMMARIES = (
    "Parcel taken from a porch between 09:00 and 11:30. Doorbell recording requested.",
    "Rear window forced overnight. Untidy search of two rooms. Jewellery and a laptop taken.",
    "Two males argued outside licensed premises. One was pushed to the ground and received first aid.",
    "Wing mirror damaged while parked. No witnesses. CCTV covers part of the road.",
    "Neighbour dispute about a shared drive. Words exchanged. Both parties given advice.",
    "Reporting person paid a deposit for a rental that does not exist. Bank informed by email.",
    "Bicycle taken from a rack at the railway station. Lock left at the scene.",
    "Shop staff detained a person who said that the items were paid for. Receipt not produced.",
    "Repeated calls from a withheld number over four days. Caller asked to keep a diary.",
    "Fence panels damaged by a vehicle that failed to stop. Partial index obtained.",
    "Tools removed from a van by means of a forced side door.",
    "Passenger refused to leave a taxi and damaged the door trim. Driver not hurt.",
)
METHODS = (
    "By unknown means, access gained to an account and messages sent to contacts of the account holder.",
    "Suspect uses a messaging application to approach the other person and moves the talk to a second application.",
    "Approach by direct message, then a request, then a threat. Payment asked for in vouchers.",
    "Offender attends on foot, tries door handles and leaves by the rear footpath.",
    "Item selected, tag removed, leaves the store without any attempt to pay.",
    "Force applied to the lower part of a window with a flat tool. Entry made, search of ground floor.",
    "Files stored on a device and in a remote account, shared by link.",
    "Sale advertised online, bank transfer made, goods not sent. Account closed the day after.",
    "Offender known to the other person. Argument in the kitchen, pushed against the wall, leaves the address.",
    "Account opened with details of another person and a loan raised against it.",
)
LOG = (
    "Call made to the reporting person at {t}. No reply, voicemail left.",
    "Reporting person called back at {t} and said that there is nothing further to add.",
    "Email sent to {a}, reply awaited. Diary entry set for {d} days.",
    "Reply received from {a}. Copy attached to the occurrence.",
    "CCTV requested from {p}. Retention there is {d} days.",
    "CCTV viewed at {p}. Nothing of evidential value between the times given.",
    "Exhibit {x} booked into the property store, seal number recorded.",
    "Exhibit {x} submitted to the digital unit, request form completed.",
    "Digital unit estimate for exhibit {x}: {d} weeks.",
    "Statement of {w} taken by telephone and signed electronically.",
    "Statement of {w} outstanding. Two attempts made to contact.",
    "House to house completed, {d} addresses, no further information.",
    "Supervisor review by {o}: proportionate lines of enquiry identified, plan agreed.",
    "Supervisor review by {o}: overdue actions raised with the officer in the case.",
    "{o} has reviewed the risk assessment. Level remains standard.",
    "{o} has reviewed the risk assessment. Referral to {a} made.",
    "Victim contact agreed: every {d} days by text message.",
    "Victim contact completed. Reporting person is content with the progress so far.",
    "Crime number passed to the insurer on request of the reporting person.",
    "Suspect circulated. Address checks negative at {t}.",
    "Voluntary interview arranged for {t} at the station, solicitor informed.",
    "Voluntary interview held. No reply to all questions put.",
    "Voluntary interview held. Account given, details in the interview record.",
    "Phone number check returned an unregistered number. Top-up details requested from {a}.",
    "Application for subscriber details drafted and sent to {a}.",
    "Result of subscriber check received: address in another force area.",
    "Intelligence report submitted. No further action on this log.",
    "First aid given at the scene by staff. Ambulance not required.",
    "Bank states that the amount was paid out at {t}. Mandate requested.",
    "Witness {w} described the person as wearing a dark jacket. No facial detail.",
    "Aide-memoire completed and scanned. Original kept in the blue folder.",
    "Trail of the payment ends at an exchange in Dubai. Enquiry closed for want of a treaty route.",
    "Chair of the residents' association asked for an update. General reply given.",
    "Main entry corrected: the date in the earlier entry should read {d} days before.",
    "Detained property returned to the owner against signature.",
    "Body-worn video of {o} uploaded and retained as evidential.",
    "Occurrence linked to another with the same method. Cross-reference added.",
    "Finalisation considered. Evidential difficulties, the reporting person supports action.",
    "Case file prepared, gaps listed by {o}: continuity of {x} and one statement.",
    "Decision maker returned the file with an action plan of {d} points.",
    "Repair invoice received, amount under the threshold for a compensation claim.",
    "Language line used. Interpreter booked for the statement of {w}.",
    "Safeguarding plan agreed with {a}. School said that a named contact will be in place.",
    "Message history provided by {w} on paper, {d} pages. Scanned as {x}.",
    "Press office asked for lines. None required at this stage.",
    "Location data shows the phone at {p} at {t}.",
    "Officer in the case on leave for {d} days. Cover: {o}.",
    "Note of a call with {a}: they aim to reply within {d} days.",
    "Hard drive imaged. Hash values recorded in the examination notes.",
    "Account provider confirms that the profile was removed at {t}.",
)
PLACES = (
    "the railway station",
    "the retail park",
    "the bus depot",
    "the market hall",
    "the leisure centre",
    "the library",
)
AGENCIES = (
    "the bank",
    "children's services",
    "the account provider",
    "the housing association",
    "the school",
    "the telephone company",
    "the neighbouring force",
    "adult social care",
)
OFFICERS = tuple(f"{rank} {number}" for rank in ("DC", "PC", "PS", "DS") for number in range(1204, 1244, 3))
PEOPLE = ("V1", "W1", "W2", "W3", "the caller", "the reporting person", "the neighbour", "the shop manager")


class DemoSentence(NamedTuple):
    """One sentence that holds a term, and in which sense it stands there."""

    sense: str
    text: str


PLAIN = (
    DemoSentence("asserted", "The examiner records that the file was made with AI software from a profile picture."),
    DemoSentence("asserted", "Device report received: fourteen files are listed as AI images in the schedule."),
    DemoSentence("asserted", "An AI application was found on the phone and its history exported."),
    DemoSentence("asserted", "Officer in the case notes that the picture is AI generated, report attached."),
    DemoSentence("asserted", "The laboratory describes the file as produced by artificial intelligence."),
    DemoSentence("asserted", "Artificial intelligence tool found in the browser history, log exported as {x}."),
    DemoSentence("asserted", "The technical report calls the film a deepfake and gives its reasons."),
    DemoSentence("asserted", "The reporting person was sent a deepfake of herself and has kept the message."),
    DemoSentence("asserted", "Deep fake picture posted from an unknown account, link preserved."),
    DemoSentence("asserted", "Two deepfakes were listed by the account provider and have been removed."),
    DemoSentence("negated", "There is no evidence that AI was used to make the file."),
    DemoSentence("negated", "The examiner found no sign of a deepfake in exhibit {x}."),
    DemoSentence("hypothetical", "It may be that AI was used, to be confirmed by the examiner."),
    DemoSentence("hypothetical", "If the film is a deepfake the plan of enquiry will need a review."),
    DemoSentence("victim_suspects", "The reporting person believes that AI was used to make the picture."),
    DemoSentence("victim_suspects", "V1 thinks that the film is a deep fake because the room is not hers."),
    DemoSentence("suspect_claims", "In interview he claimed that AI made the file and that he had no part in it."),
    DemoSentence("suspect_claims", "The suspect says that the pictures are deepfakes sent to him by others."),
    DemoSentence("police_use", "Interview record drafted with the AI transcription tool and checked by {o}."),
    DemoSentence("other_sense", "Reference AI 14 on the exhibit label corrected to {x}."),
)
"""Sentences that a search for " AI ", "artificial intelligence", "deep fake" and "deepfake" finds as they stand."""

AWKWARD = (
    DemoSentence("asserted", "Conclusion of the examiner: made by AI."),
    DemoSentence("asserted", "Picture made by AI, link preserved by {o}."),
    DemoSentence("asserted", "The tool used (AI) is named on page two of the report."),
    DemoSentence("asserted", "AI-generated picture, source account not known."),
    DemoSentence("asserted", "AI used to alter the picture according to the laboratory."),
    DemoSentence("asserted", "Last line of the laboratory report reads: made with AI"),
    DemoSentence("asserted", "Method given as AI\nSecond report awaited."),
    DemoSentence("asserted", "Method given as\r\nAI\r\nSecond report awaited."),
    DemoSentence("asserted", "Made with\u00a0AI\u00a0software, version recorded."),
    DemoSentence("asserted", "Marked \u201cAI\u201d by the laboratory in the schedule."),
    DemoSentence("asserted", "The post carried the tag #AI and was preserved."),
    DemoSentence("asserted", "File name AI_0042 appears in the export log."),
    DemoSentence("asserted", "AI's part in making the file is described in annex B."),
    DemoSentence("asserted", "Tick box on the form: AI/photo editor."),
    DemoSentence("asserted", "Schedule columns: file\tAI\tyes."),
    DemoSentence("asserted", "Result [AI] entered in the schedule; review by {o}."),
    DemoSentence("asserted", "Examiner's category: ai; confidence: high."),
    DemoSentence("asserted", "Typed by the provider as \uff21\uff29 in the referral."),
    DemoSentence("asserted", "The word A\u00adI stands in the converted report with a soft hyphen."),
    DemoSentence("asserted", "AI\u200bsoftware named in the referral."),
    DemoSentence("asserted", "Profile line reads \U0001f916AI\U0001f916 and nothing else."),
    DemoSentence("asserted", "Produced by artificial\u00a0intelligence as the laboratory puts it."),
    DemoSentence("asserted", "Produced by artificial\nintelligence as the laboratory puts it."),
    DemoSentence("asserted", "A deep\u00a0fake in the view of the examiner."),
    DemoSentence("asserted", "Schedule lists two deep  fakes under item four."),
    DemoSentence("negated", "Not AI, according to the second examiner."),
    DemoSentence("negated", "Was this made with AI? The examiner says not."),
    DemoSentence("hypothetical", "Possibly AI; report awaited."),
    DemoSentence("victim_suspects", "V1 suspects that it is \u2018AI\u2019, no report yet."),
    DemoSentence("suspect_claims", "He said it was AI, and gave no further reply."),
    DemoSentence("police_use", "Redaction by the force tool (AI), checked by {o}."),
    DemoSentence("other_sense", "Tenancy letter from \u201cAI Lettings\u201d added to the folder."),
)
"""Sentences that hold a term as a whole word where the search of `PLAIN` does not find it."""

SHAPED = (
    DemoSentence("asserted", "The schedule spells the method A.I. throughout."),
    DemoSentence("asserted", "Listed as A. I. output by the provider."),
    DemoSentence("asserted", "A deep-fake in the words of the reporting person."),
    DemoSentence("asserted", "Tagged deep_fake by the account provider."),
    DemoSentence("asserted", "An artificial-intelligence product is named in the advert."),
)
"""Other spellings of the terms: found by the rule `variant` only."""

UNFOUND = (
    DemoSentence("asserted", "The application is sold as GenAI on its page."),
    DemoSentence("asserted", "The face had been swapped onto another picture by an application."),
    DemoSentence("asserted", "The picture is morphed according to the examiner."),
    DemoSentence("asserted", "A nudify service is named in the browser history."),
)
"""The same thing in words that none of the terms covers."""
