package annexatest

// stories are told in this order; contacts about nobody else fill what is left
// of the rows. The shares are those of a middling authority: about four rows in
// ten are contacts, a quarter children in need.
var stories = []story{
	{52, 4, earlyHelp}, {1, 1, earlyHelpUnborn},
	{2.5, 2, contactUnborn},
	{30, 3, referredNoAction}, {5, 2, referredTwice},
	{34, 3, assessedNoSupport}, {11, 2, assessedFromBefore}, {13, 4, openAssessment}, {2, 1, unbornAssessment}, {2.5, 1, bornSinceReferral},
	{15, 2, needNew}, {34, 4, needFromBefore}, {9, 1, needClosedNew}, {19, 3, needClosed},
	{12, 3, enquiryNoConference}, {2, 2, enquiryTwice}, {4, 2, enquiryOpen}, {4, 2, conferenceNoPlan},
	{8, 3, planNew}, {11, 3, planFromBefore}, {1, 1, planUnborn}, {5, 3, planEnded}, {1, 1, planEndedNew}, {1.5, 1, planToCare},
	{22, 8, careFromBefore}, {3, 3, careNew}, {3, 2, careLeftYoung}, {0.5, 1, careLeftQuickly}, {2.5, 2, careLeftOlder}, {1, 1, careLeftOlderHome},
	{17, 6, careLeaver},
	{1.5, 2, adoptionPlaced}, {1.2, 3, adoptionPlanned}, {0.8, 2, adoptedInWindow}, {0.8, 1, adoptedEarlier}, {0.5, 2, adoptionReversed},
	{2, 4, adoptersInProcess}, {0.8, 2, adoptersLeft}, {0.2, 2, adoptersOldProcess},
}
