package annexatest

// The codes as the template writes them, letter and bracket too.
const (
	yes     = "a) Yes"
	no      = "b) No"
	unknown = "c) Unknown"

	male      = "a) Male"
	female    = "b) Female"
	notStated = "c) Not stated/recorded"

	statusCare   = "a) Looked after child"
	statusPlan   = "b) Child Protection plan"
	statusCIN    = "c) Child in need plan"
	statusOpen   = "d) Open assessment"
	statusClosed = "e) Closed episode"

	relevant       = "a) Relevant child"
	formerRelevant = "b) Former relevant child"
	qualifying     = "c) Qualifying care leaver"
	eligible       = "d) Eligible child"

	interimOrder   = "C1: ICO"
	fullOrder      = "C2: FCO"
	placementOrdEd = "E1: Placement order"
	section20      = "V2: Single period under S20"
	remanded       = "J1: Remanded to LA or youth detention"

	planAdoption = "b) Adoption"

	adoptedE11 = "a) E11: Adopted - application unopposed"
	adoptedE12 = "b) E12: Adopted - consent dispensed"
	homeE4A    = "e) E4A: Returned home to live with parents or relatives - part of planning"
	homeE4B    = "f) E4B: Returned home to live with parents or relatives - not part of planning"
	supported  = "m) E5: Moved into independent living - supported"
	otherE8    = "t) E8: Care ceased for any other reason"

	ownProvision     = "b) PR1: Own provision"
	parentsPR0       = "a) PR0: Parents/Parental responsibility"
	otherPublic      = "d) PR3: Other public provision"
	privateProvision = "e) PR4: Private provision"
	voluntary        = "f) PR5: Voluntary/third sector"

	closedAdopted = "RC1 - Adopted"
	closedAdult   = "RC6 - Transferred to adult social care services"
	closedOther   = "RC7 - Services ceased for any other reason, including child no longer in need"
)

// A share is a value and how many in a hundred rows, about, hold it.
type share struct {
	value  string
	weight int
}

var (
	// Two codes say that ethnicity is not known (P06): obtainedShare holds the rest.
	obtainedShare = []share{
		{"a) WBRI", 66}, {"b) WIRI", 1}, {"c) WIRT", 1}, {"d) WOTH", 5}, {"e) WROM", 1},
		{"f) MWBC", 3}, {"g) MWBA", 2}, {"h) MWAS", 2}, {"i) MOTH", 3}, {"j) AIND", 2},
		{"k) APKN", 3}, {"l) ABAN", 2}, {"m) AOTH", 2}, {"n) BCRB", 2}, {"o) BAFR", 3},
		{"p) BOTH", 1}, {"q) CHNE", 1}, {"r) OOTH", 2},
	}
	notObtained = []string{"s) NOBT", "s) REFU"}

	sourceShare = []share{
		{"a) 1A: Individual", 8}, {"b) 1B: Individual", 3}, {"c) 1C: Individual", 2}, {"d) 1D: Individual", 3},
		{"e) 2A: Schools", 20}, {"f) 2B: Education services", 3}, {"g) 3A: Health services", 3},
		{"h) 3B: Health services", 3}, {"i) 3C: Health services", 1}, {"j) 3D: Health services", 2},
		{"k) 3E: Health services", 4}, {"l) 3F: Health services", 2}, {"m) 4: Housing", 2},
		{"n) 5A: LA services", 6}, {"o) 5B: LA services", 4}, {"p) 5C: LA services", 3}, {"q) 6: Police", 26},
		{"r) 7: Other legal agency", 3}, {"s) 8: Other", 4},
	}
	unknownSource = []string{"t) 9: Anonymous", "u) 10: Unknown"} // held under one in twenty (C26)

	needShare = []share{
		{"N1 - Abuse or neglect", 54}, {"N2 - Child’s disability", 9}, {"N3 - Parental disability or illness", 4},
		{"N4 - Family in acute stress", 10}, {"N5 - Family dysfunction", 15}, {"N6 - Socially unacceptable behaviour", 3},
		{"N7 - Low income", 1}, {"N8 - Absent parenting", 4},
	}
	// careNeedOf puts List 6's one differently worded code as List 8 words it.
	careNeedOf = map[string]string{"N3 - Parental disability or illness": "N3 - Parental illness or disability"}

	closureShare = []share{
		{closedOther, 80}, {"RC5 - Transferred to services of another local authority", 12},
		{"RC3 - Child arrangements order", 5}, {"RC4 - Special guardianship order", 3},
	}
	abuseShare = []share{
		{"a) Neglect", 48}, {"b) Physical abuse", 8}, {"c) Sexual abuse", 5}, {"d) Emotional abuse", 35},
		{"e) Multiple/not recommended", 4},
	}
	permanenceShare = []share{
		{"a) Return to family", 15}, {"c) SGO/CAO", 12}, {"d) Supported living in the community", 8},
		{"e) Long-term residential placement", 10}, {"f) Long-term fostering", 50}, {"g) other", 5},
	}
	youngCeasedShare = []share{
		{homeE4A, 40}, {homeE4B, 10}, {"d) E3: Care taken by another LA", 5}, {"h) E41: Residence order granted", 10},
		{"i) E45: Special Guardianship Orders - former carer relative/friend", 20},
		{"k) E47: Special Guardianship Orders - relative/friend", 10}, {otherE8, 5},
	}
	olderCeasedShare = []share{
		{supported, 50}, {"n) E6: Moved into independent living - no support", 15},
		{"o) E7: Transferred to residential care funded by adult social services", 10},
		{"v) E17: Aged 18+ and remained with current carers", 15}, {otherE8, 10},
	}
	helpByShare = []share{
		{"Primary school", 25}, {"Secondary school", 20}, {"Health visiting service", 15}, {"Family hub", 20},
		{"Youth service", 8}, {"Nursery", 6}, {"Housing association", 6},
	}
	outOfTouchShare = []share{{no, 40}, {"d) Refu", 25}, {"e) NREQ", 25}, {"f) Rhom", 10}}
	activityShare   = []share{
		{"F1: Full time in higher education", 8}, {"F2: Full time in education other than higher", 20},
		{"P2: Part time in education other than higher", 3}, {"F4: Young person engaged full time in an apprenticeship", 5},
		{"F5: Young person engaged full time in training or employment (not apprenticeship)", 20},
		{"P5: Young person engaged part time in training or employment (not apprenticeship)", 6},
		{"G4: Not in education, employment or training - illness or disability", 12},
		{"G5: Not in education, employment or training - other", 20},
		{"G6: Not in education, employment or training - pregnancy or parenting", 6},
	}
	accommodationShare = []share{
		{"B: Parents/relatives", 14}, {"D: Semi-independent, transitional accommodation and self-contained accommodation", 25},
		{"E: Supported lodgings", 5}, {"T: Foyers and similar supported accommodation", 6}, {"U: Independent living", 32},
		{"Z: With former foster carers", 10}, {"S: No fixed abode / homeless", 2}, {"W: Bed and breakfast", 1},
		{"X: In custody", 3}, {"Y: Other accommodation", 2},
	}
	unsuitable     = map[string]bool{"S: No fixed abode / homeless": true, "W: Bed and breakfast": true, "X: In custody": true}
	reversalReason = []string{
		"RD1 - The child’s needs changed subsequent to the decision", "RD2 - The Court did not make a placement order",
		"RD3 - Prospective adopters could not be found", "RD4 - Any other reason",
	}
	leavingReason = []string{"1 - Adopter withdrew from process", "2 - Process put on hold", "3 - Application refused"}
)

// A placement is a kind of placement with what goes with it (C14, C15).
type placement struct {
	kind      string
	providers []string // none for a temporary placement
	legal     []string
	urn       bool
	from, to  int // ages it is used at
	weight    int
}

var placementKinds = []placement{
	{"d) U4: Foster placement - long term", []string{ownProvision, ownProvision, privateProvision, voluntary}, []string{fullOrder}, true, 4, 17, 34},
	{"f) U6: Foster placement - not FFA", []string{ownProvision, privateProvision, voluntary}, []string{interimOrder, fullOrder, section20}, true, 0, 17, 26},
	{"a) U1: Foster placement - relatives - long term", []string{ownProvision}, []string{fullOrder}, true, 0, 17, 9},
	{"c) U3: Foster placement - relative - not FFA", []string{ownProvision}, []string{interimOrder, section20}, true, 0, 17, 8},
	{"p) K2: Children’s Homes", []string{privateProvision, privateProvision, ownProvision, voluntary}, []string{fullOrder, section20}, true, 8, 17, 11},
	{"k) P1: Placed with parents", []string{parentsPR0}, []string{fullOrder}, false, 0, 17, 6},
	{"l) P2: Independent living", []string{privateProvision, ownProvision}, []string{section20, fullOrder}, false, 16, 17, 20},
	{"t) R5: Young Offender Institution", []string{otherPublic}, []string{remanded}, false, 14, 17, 1},
	{"o) K1: Secure Children’s Homes", []string{"c) PR2: Other LA provision"}, []string{fullOrder}, true, 12, 17, 1},
	{"w) T0: Temporary placement", nil, []string{fullOrder}, false, 2, 17, 1},
}

// A locality is where a placement may be: the home authority first.
type locality struct {
	name     string
	outcodes []string // none outside England, and none when confidential
	weight   int
}

var localities = []locality{
	{homeAuthority, []string{"CH41", "CH42", "CH43", "CH45", "CH49", "CH61", "CH63"}, 64},
	{"Liverpool", []string{"L4", "L8", "L15"}, 12},
	{"Cheshire West and Chester", []string{"CH1", "CH66", "CW9"}, 9},
	{"Sefton", []string{"L20", "L37", "PR9"}, 5},
	{"Knowsley", []string{"L34", "L36"}, 4},
	{"Manchester", []string{"M14", "M22"}, 3},
	{"WAL - Child placed in Wales", nil, 2},
	{"CON - Child placed in confidential placement", nil, 1},
}

// homeAuthority has to be an authority of England for List 8's column; which one
// says nothing about anybody.
const homeAuthority = "Wirral"
