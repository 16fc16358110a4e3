package annexatest

// The headings as the template's list tabs print them, typographic quotes and
// all. A fact that the product's own specification holds too: written out again
// here, so that neither side can copy the other's slip.
const (
	childID       = "Child Unique ID"
	gender        = "Gender"
	ethnicity     = "Ethnicity"
	birth         = "Date of Birth"
	age           = "Age of Child (Years)"
	contactDate   = "Date of Contact"
	contactSource = "Contact Source"

	helpStart = "Assessment start date"
	helpEnd   = "Assessment completion date"
	helpBy    = "Organisation completing assessment"

	referralDate   = "Date of referral"
	referralSource = "Referral Source"
	referralNFA    = "Referral NFA?"
	referralCount  = "Number of Referrals in Last 12 Months"
	team           = "Allocated Team"
	worker         = "Allocated Worker"

	disability    = "Does the Child have a Disability"
	assessStart   = "Continuous Assessment Start Date"
	assessSeen    = "Child Seen During Continuous Assessment"
	assessEnd     = "Continuous Assessment Date of Authorisation"
	assessSupport = "Was the child assessed as requiring LA children’s social care support"

	strategyDate    = "Strategy discussion initiating Section 47 Enquiry Start Date"
	icpcUnnecessary = "Was an Initial Child Protection Conference deemed unnecessary?"
	icpcDate        = "Date of Initial Child Protection Conference"
	icpcPlan        = "Did the Initial Child Protection Conference Result in a Child Protection Plan"
	s47Count        = "Number of Section 47 Enquiries in the last 12 months"
	icpcCount       = "Number of ICPCs in the last 12 months"

	cinStart    = "CIN Start Date"
	primaryNeed = "Primary Need Code"
	lastSeen    = "Date Child Was Last Seen"
	cinEnd      = "CIN Closure Date"
	cinReason   = "Reason for Closure"
	caseStatus  = "Case status"

	planStart    = "Child Protection Plan Start Date"
	firstAbuse   = "Initial Category of Abuse"
	latestAbuse  = "Latest Category of Abuse"
	planVisit    = "Date of the Last Statutory Visit"
	seenAlone    = "Was the Child Seen Alone?"
	planReview   = "Date of latest review conference"
	planEnd      = "Child Protection Plan End Date"
	emergency    = "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)"
	earlierPlans = "Number of Previous Child Protection Plans"

	uasc          = "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)"
	careStart     = "Date Started to be Looked After"
	careNeed      = "Child's Category of Need"
	secondPeriod  = "Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)"
	legalStart    = "Start date of current legal status"
	legalStatus   = "Child's Legal Status"
	careReview    = "Date of Latest Statutory Review"
	careVisit     = "Date of Last Social Work Visit"
	permanence    = "What is the permanence plan for this child?"
	iroContact    = "Date of Last IRO Visit / Contact to the Child"
	healthDate    = "Date of Last Health Assessment"
	dentalDate    = "Date of Last Dental Check"
	placements    = "Number of Placements in the Last 12 months"
	careEnd       = "Date Ceased to be Looked After"
	careReason    = "Reason Ceased to be Looked After"
	placeStart    = "Start Date of Most Recent Placement"
	placeType     = "Placement Type"
	placeProvider = "Placement Provider"
	postcode      = "Placement postcode"
	urn           = "URN of Placement"
	placeInOut    = "Placement Location"
	placeLA       = "LA of Placement"
	missing       = "Number of Episodes the Child has been ‘Missing’ from their Placement in the last 12 months"
	absent        = "Number of Episodes the Child has been ‘Absent’ from their Placement in the last 12 months"
	rhiOffered    = "Was the child offered a Return Interview after their last missing episode (Y/N)?"
	rhiAccepted   = "Did the child accept a Return Interview after their last missing episode (Y/N)?"

	formerUASC    = "Unaccompanied Asylum Seeking Child (UASC), or formerly UASC if 18 or over (Y/N)"
	adviser       = "Allocated Personal Advisor"
	eligibility   = "Eligibility Category"
	pathwayReview = "Latest Pathway Plan Review Date"
	inTouch       = "LA In Touch"
	leaverContact = "Latest Date of Contact"
	accommodation = "Type of Accommodation"
	suitability   = "Suitability of Accommodation"
	activity      = "Activity Status"

	familyID       = "Family identifier"
	enteredCare    = "Date the Child Entered Care"
	decision       = "Date of Decision that Child Should be Placed for Adoption"
	placementOrder = "Date of Placement Order"
	matched        = "Date of Matching Child and Prospective Adopters"
	placed         = "Date Placed for Adoption"
	adoptionOrder  = "Date of Adoption Order"
	reversed       = "Date of Decision that Child Should No Longer be Placed for Adoption"
	reversedReason = "Reason Why Child No Longer Placed for Adoption"
	ffaDate        = "Date the child was placed for fostering in FFA or concurrent planning placement"

	adopterID         = "Individual adopter identifier"
	adopterDisability = "Disability"
	adopterFFA        = "Is the (prospective) adopter fostering for adoption?"
	enquiry           = "Date enquiry received"
	stage1Start       = "Date Stage 1 started"
	stage1End         = "Date Stage 1 ended"
	stage2Start       = "Date Stage 2 started"
	stage2End         = "Date Stage 2 ended"
	applied           = "Date application submitted"
	approved          = "Date application approved"
	adopterMatched    = "Date adopter matched with child(ren)"
	adopterPlaced     = "Date child/children placed with adopter(s)"
	childrenPlaced    = "No. of children placed"
	leftDate          = "Date of leaving adoption process"
	leftReason        = "Reason for leaving adoption process"
)

// A columnKind is how a column's cells are written in a workbook.
type columnKind int

const (
	text   columnKind = iota // identity numbers and names too: a number would lose its zeros
	code                     // one of the template's codes
	date                     // a real date cell
	number                   // a whole number
)

// kinds says what stands under each heading; a heading that is not here is text.
var kinds = map[string]columnKind{
	gender:            code,
	ethnicity:         code,
	birth:             date,
	age:               number,
	contactDate:       date,
	contactSource:     code,
	helpStart:         date,
	helpEnd:           date,
	referralDate:      date,
	referralSource:    code,
	referralNFA:       code,
	referralCount:     number,
	disability:        code,
	assessStart:       date,
	assessSeen:        code,
	assessEnd:         date,
	assessSupport:     code,
	strategyDate:      date,
	icpcUnnecessary:   code,
	icpcDate:          date,
	icpcPlan:          code,
	s47Count:          number,
	icpcCount:         number,
	cinStart:          date,
	primaryNeed:       code,
	lastSeen:          date,
	cinEnd:            date,
	cinReason:         code,
	caseStatus:        code,
	planStart:         date,
	firstAbuse:        code,
	latestAbuse:       code,
	planVisit:         date,
	seenAlone:         code,
	planReview:        date,
	planEnd:           date,
	emergency:         code,
	earlierPlans:      number,
	uasc:              code,
	careStart:         date,
	careNeed:          code,
	secondPeriod:      code,
	legalStart:        date,
	legalStatus:       code,
	careReview:        date,
	careVisit:         date,
	permanence:        code,
	iroContact:        date,
	healthDate:        date,
	dentalDate:        date,
	placements:        number,
	careEnd:           date,
	careReason:        code,
	placeStart:        date,
	placeType:         code,
	placeProvider:     code,
	placeInOut:        code,
	placeLA:           code,
	missing:           number,
	absent:            number,
	rhiOffered:        code,
	rhiAccepted:       code,
	formerUASC:        code,
	eligibility:       code,
	pathwayReview:     date,
	inTouch:           code,
	leaverContact:     date,
	accommodation:     code,
	suitability:       code,
	activity:          code,
	enteredCare:       date,
	decision:          date,
	placementOrder:    date,
	matched:           date,
	placed:            date,
	adoptionOrder:     date,
	reversed:          date,
	reversedReason:    code,
	ffaDate:           date,
	adopterDisability: code,
	adopterFFA:        code,
	enquiry:           date,
	stage1Start:       date,
	stage1End:         date,
	stage2Start:       date,
	stage2End:         date,
	applied:           date,
	approved:          date,
	adopterMatched:    date,
	adopterPlaced:     date,
	childrenPlaced:    number,
	leftDate:          date,
	leftReason:        code,
}

// A template is one list as the official workbook has it.
type template struct {
	title    string   // row 1 of the official layout
	headings []string // left to right
}

// templates holds Lists 1 to 11 in order, List 9 in its 17-column form.
var templates = [11]template{
	{"List 1: Contacts", []string{
		childID, gender, ethnicity, birth, age, contactDate,
		contactSource,
	}},
	{"List 2: Early Help", []string{
		childID, gender, ethnicity, birth, age, helpStart,
		helpEnd, helpBy,
	}},
	{"List 3: Referral", []string{
		childID, gender, ethnicity, birth, age, referralDate,
		referralSource, referralNFA, referralCount, team, worker,
	}},
	{"List 4: Assessments", []string{
		childID, gender, ethnicity, birth, age, disability,
		assessStart, assessSeen, assessEnd, assessSupport, team, worker,
	}},
	{"List 5: Section 47 enquiries and Initial Child Protection Conferences", []string{
		childID, gender, ethnicity, birth, age, disability,
		strategyDate, icpcUnnecessary, icpcDate, icpcPlan, s47Count, icpcCount,
		team, worker,
	}},
	{"List 6: Children in Need", []string{
		childID, gender, ethnicity, birth, age, disability,
		cinStart, primaryNeed, lastSeen, cinEnd, cinReason, caseStatus,
		team, worker,
	}},
	{"List 7: Child protection", []string{
		childID, gender, ethnicity, birth, age, disability,
		planStart, firstAbuse, latestAbuse, planVisit, seenAlone, planReview,
		planEnd, emergency, earlierPlans, team, worker,
	}},
	{"List 8: Children in care", []string{
		childID, gender, ethnicity, birth, age, uasc,
		disability, careStart, careNeed, secondPeriod, legalStart, legalStatus,
		careReview, careVisit, permanence, iroContact, healthDate, dentalDate,
		placements, careEnd, careReason, placeStart, placeType, placeProvider,
		postcode, urn, placeInOut, placeLA, missing, absent,
		rhiOffered, rhiAccepted, team, worker,
	}},
	{"List 9: Care leavers", []string{
		childID, gender, ethnicity, birth, age, formerUASC,
		disability, team, worker, adviser, eligibility, pathwayReview,
		inTouch, leaverContact, accommodation, suitability, activity,
	}},
	{"List 10: Adoption", []string{
		childID, familyID, gender, ethnicity, birth, age,
		disability, enteredCare, decision, placementOrder, matched, placed,
		adoptionOrder, reversed, reversedReason, ffaDate,
	}},
	{"List 11: Adopters", []string{
		adopterID, familyID, gender, ethnicity, adopterDisability, adopterFFA,
		enquiry, stage1Start, stage1End, stage2Start, stage2End, applied,
		approved, adopterMatched, adopterPlaced, childrenPlaced, adoptionOrder, leftDate,
		leftReason,
	}},
}

// later holds the List 9 columns that came after the edition of August 2019.
var later = map[string]bool{formerUASC: true, adviser: true, pathwayReview: true, leaverContact: true}
