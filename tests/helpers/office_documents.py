"""Made-up documents of an office: classes with descriptions, examples, and an inbox."""

from __future__ import annotations

CLASSES: dict[str, tuple[str, list[str]]] = {
    "Invoice": ("A bill that asks for payment", [
        "Invoice 20417. Please transfer 1,240.00 EUR within 14 days to the account below.",
        "Consulting in May: 12 hours at 95 EUR, total 1,356.60 EUR including VAT.",
        "Your invoice for water delivery. Amount due by 30 June: 84.20 EUR.",
        "Statement of charges for the rented printers, payable without deduction.",
        "Final invoice for the roof repair. We thank you for your payment in time.",
        "Invoice for hosting services in the second quarter, due on receipt.",
    ]),
    "Reminder": ("Says that a payment is late", [
        "Our invoice 20388 is still open. Please pay the outstanding amount within seven days.",
        "Second reminder: we have not received your payment of 310 EUR. A late fee was added.",
        "Last notice before collection: your account is overdue since March.",
        "Perhaps you have overlooked our invoice. Please settle the open balance.",
        "Payment overdue: 2 invoices, 45 days. Interest on arrears applies from today.",
        "Dunning letter: the amount remains unpaid in spite of two reminders.",
    ]),
    "Application": ("Somebody applies for a job, with skills and experience", [
        "I am applying for the position of bookkeeper that you advertised. My resume is enclosed.",
        "With eight years in logistics and a forklift licence I would like to join your warehouse.",
        "Please find attached my curriculum vitae and references for the apprenticeship.",
        "Application as software developer: five years of Python, degree in mathematics.",
        "I would be glad to introduce myself in an interview. I can start in September.",
        "My experience as a nurse and my certificates make me a good candidate for your team.",
    ]),
    "Contract": ("An agreement with duties of both parties", [
        "This lease is made between the landlord and the tenant for a term of five years.",
        "The parties agree to keep confidential all information exchanged under this agreement.",
        "Service contract: the provider maintains the lift twice a year for a fixed fee.",
        "Either party may terminate this contract with three months' notice in writing.",
        "Purchase agreement for a delivery van. Liability is limited to the purchase price.",
        "Employment contract, section 4: working hours, holidays, and a period of probation.",
    ]),
    "Complaint": ("A customer is not satisfied", [
        "The chairs arrived damaged and nobody answers the phone. I want my money back.",
        "I am very disappointed: the heating has failed for the third time this winter.",
        "Your courier left the parcel in the rain. Everything inside is ruined.",
        "The software crashes daily. I expect a repair this week or a refund.",
        "I complain about the rude behaviour of your staff on Saturday.",
        "We ordered blue curtains and received green ones. Please exchange them at once.",
    ]),
    "Order": ("Asks for goods or services", [
        "Please send us 40 boxes of copy paper, article 7731, to our address in Leeds.",
        "We hereby order two standing desks as in your offer of 3 May.",
        "Purchase order 5512: 200 metres of cable, delivery in the week of 12 June.",
        "I would like to order the same coffee again, six kilograms, whole beans.",
        "Kindly deliver 15 safety helmets and 30 pairs of gloves to the building site.",
        "Order confirmation requested for 12 monitors, 27 inches, with stands.",
    ]),
    "Meeting": ("An invitation or the minutes of a meeting", [
        "Minutes of the works council of 4 May. Present: seven members. Next meeting in June.",
        "You are invited to the annual general meeting in the town hall at 6 pm.",
        "Agenda for Monday: budget, new office, summer party.",
        "Can we move our appointment to Thursday at ten? The room is booked.",
        "Protocol of the project meeting: three decisions, four open points.",
        "Please confirm whether you can attend the workshop on 21 June.",
    ]),
    "Insurance": ("Policies, damage reports and claims", [
        "We confirm the cover of your building against fire and water from 1 July.",
        "Damage report: a pipe burst in the cellar, the floor is wet, photographs enclosed.",
        "Your claim number 88-1204 has been received. An expert will visit you.",
        "The premium of your liability policy changes from next year.",
        "Accident report: our van was hit while parked. The other driver is known.",
        "We settle your claim and transfer 2,150 EUR for the broken window.",
    ]),
}  # fmt: skip

INBOX: list[tuple[str, str]] = [
    ("2026-06-01 Miller.txt", "Invoice 5530 for the cleaning of your offices in May. 640 EUR, "
     "payable within 30 days to the account on the letterhead. VAT is included."),
    ("2026-06-01 Baker.txt", "Good morning, we still wait for your payment of invoice 5391. It was "
     "due on 15 April. Please transfer 212.40 EUR this week so that we need not charge a fee."),
    ("2026-06-02 van Dijk.txt", "Dear Sir or Madam, I read your advertisement for a project "
     "assistant and would like to apply. I have worked in event planning for four years, speak "
     "Dutch, English and German, and can start at once. My curriculum vitae is enclosed."),
    ("2026-06-02 Northside.txt", "Maintenance agreement. Between Northside Lifts and the customer "
     "the following is agreed: the contractor inspects the lift twice a year. The agreement runs "
     "for three years and is renewed unless one of the parties terminates it in writing."),
    ("2026-06-02 Rossi.txt", "The washing machine that you delivered on Monday leaks. I called "
     "three times and was put off three times. I expect that you repair or replace it this week, "
     "or I will return it and ask for my money back."),
    ("2026-06-03 Harper.txt", "We would like to order 25 office chairs, model Lund, grey, and 10 "
     "desk lamps, to be delivered to the second floor by the end of June."),
    ("2026-06-03 Council.txt", "Invitation to the quarterly meeting of the safety committee on 18 "
     "June at 9 in room 204. Agenda: first aid training, new fire doors, other business."),
    ("2026-06-03 Alder.txt", "We have received the report of the water damage in your archive. "
     "Your claim has the number 91-7736. Please keep the damaged shelves until our expert came."),
    ("2026-06-04 Singh.txt", "Our order of 12 May has not arrived and the invoice for it is here "
     "already. We are not going to pay before the goods are here, and we are annoyed."),
    ("2026-06-04 Brook.txt", "Please find our bill for the repair of the gate: 3 hours of work, "
     "one hinge, travel. Total 318.00 EUR, due in ten days."),
    ("2026-06-04 Lopez.txt", "I would love to work in your kitchen as a trainee. I cook at home "
     "every day, have finished school this summer, and my teachers' references are attached."),
    ("2026-06-05 Fern.txt", "Last reminder. In spite of our letters of 2 and 16 May the sum of "
     "1,090 EUR is unpaid. If it does not arrive by 12 June, we hand the matter to a lawyer."),
    ("2026-06-05 Weber.txt", "Minutes of the kick-off on 3 June. We agreed on weekly calls, a "
     "shared folder, and a first version by the end of July. Open: who orders the sensors."),
    ("2026-06-05 Quist.txt", "Kindly send 8 toner cartridges and 2 drums for the printers on the "
     "first floor. Our customer number is 40021."),
    ("2026-06-06 Amara.txt", "The tenant pays a deposit of three months' rent. Subletting needs "
     "the written consent of the landlord. Both parties sign two copies of this agreement."),
    ("2026-06-06 Novak.txt", "Somebody drove into our fence at night. We attach photographs and "
     "an estimate of the repair and ask you to cover the damage under our policy."),
    ("2026-06-06 Gardens.txt", "Dear neighbours, the roses are in bloom and our garden is open on "
     "Sunday from ten to five. Bring cake if you like, children are welcome."),
    ("2026-06-07 Science.txt", "The telescope observed a faint galaxy whose light has travelled "
     "for thirteen billion years, which tells astronomers about the first stars."),
    ("2026-06-07 Chess.txt", "After the knight's sacrifice on move 23 the black king was exposed, "
     "and the champion won the endgame with two rooks against a bishop."),
    ("2026-06-07 Recipe.txt", "Fry the onions until they are golden, add rice and stock, stir for "
     "twenty minutes, and finish the risotto with butter and cheese."),
    ("2026-06-08 Hill.txt", "Your order of 30 May is confirmed. Separately we must complain that "
     "the last pallet was stacked so badly that six boxes were crushed."),
    ("2026-06-08 Otto.txt", "Statement for June: licence fee 12 seats, 1,188 EUR. The amount is "
     "debited from your account on the first working day of the month."),
    ("2026-06-08 Yilmaz.txt", "Enclosed you find my application as an electrician. I passed the "
     "master's examination in 2021 and have led a team of three."),
    ("2026-06-09 Board.txt", "The board meets on 24 June. Please send points for the agenda by "
     "the 17th, and tell us whether you take part in person or by video."),
]  # fmt: skip

UNKNOWN: dict[str, list[str]] = {
    "Kitchen": [
        "Fry the onions until golden and add the rice.",
        "Bake the bread for forty minutes in a hot oven.",
        "Boil the pasta and stir the sauce with basil.",
        "Whisk eggs and sugar, fold in the flour, bake the cake.",
        "Roast the chicken with potatoes and thyme.",
        "Simmer the soup with carrots, leeks and celery.",
        "Knead the dough, let it rise, and bake the pizza.",
        "Grill the fish with lemon and olive oil.",
    ],
    "Observatory": [
        "The telescope saw a faint galaxy far away.",
        "A comet passes the sun in April.",
        "The rover saw ice on Mars.",
        "Two black holes merged and shook space.",
        "The moon hides the sun during an eclipse.",
        "A new planet orbits a small red star.",
        "The satellite maps the dust of the Milky Way.",
        "Astronomers count the rings of Saturn.",
    ],
}
