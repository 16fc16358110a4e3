package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"readiness/workpackages"
)

// route is one row of the table of everything the product answers: no row, no
// access. Roles nil means open to everybody, signed in or not.
type route struct {
	Method, Path string
	Roles        []workpackages.Role
	Handler      fiber.Handler
}

func (r route) api() bool { return strings.HasPrefix(r.Path, "/api/") }

// upload reports whether the route takes files, which its handler reads itself.
func (r route) upload() bool {
	return r.Method == "POST" && strings.HasSuffix(r.Path, "/annexa/checks")
}

// signed reports whether the route takes requests that Slack signs.
func (r route) signed() bool {
	kind, ok := strings.CutPrefix(r.Path, fromSlack)
	return ok && slices.Contains(slackKinds, kind)
}

// Who may come in. A lead's own group is a question for the domain.
var (
	everybody []workpackages.Role = nil
	signedIn                      = workpackages.Roles()
	directors                     = []workpackages.Role{workpackages.AssistantDirector}
	editors                       = []workpackages.Role{workpackages.AssistantDirector, workpackages.Lead}
	checkers                      = []workpackages.Role{workpackages.AssistantDirector, workpackages.Analyst}
	planners                      = []workpackages.Role{workpackages.AssistantDirector, workpackages.Comms}
	raisers                       = []workpackages.Role{workpackages.AssistantDirector, workpackages.Lead, workpackages.Analyst}
)

func (s *Server) routes() []route {
	return []route{
		// Machines
		{"GET", "/livez", everybody, s.livez},
		{"GET", "/readyz", everybody, s.readyz},
		{"GET", "/metrics", everybody, s.metrics.handler()},

		// Slack
		{"POST", "/slack/commands", everybody, s.slackRequest},
		{"POST", "/slack/interactions", everybody, s.slackRequest},
		{"POST", "/slack/events", everybody, s.slackRequest},

		{"GET", "/slack", directors, s.slackPage},
		{"POST", "/slack/test", directors, s.submitSlackTest},

		// Coming in
		{"GET", "/sign-in", everybody, s.signInPage},
		{"POST", "/sign-in", everybody, s.submitSignIn},
		{"POST", "/sign-out", signedIn, s.submitSignOut},
		{"GET", "/link/:token", everybody, s.linkPage},
		{"POST", "/link/:token", everybody, s.submitLink},
		{"GET", "/accessibility", everybody, s.accessibilityPage},

		// Pages
		{"GET", "/", signedIn, s.dashboardPage},
		{"GET", "/mine", signedIn, s.minePage},
		{"POST", "/mine/respond", signedIn, s.submitRespond},
		{"POST", "/mine/withdraw", signedIn, s.submitWithdraw},
		{"GET", "/groups/:id", signedIn, s.groupPage},
		{"GET", "/groups/:id/edit", directors, s.groupEditPage},
		{"POST", "/groups/:id/edit", directors, s.submitGroupEdit},
		// Its chair may have any role: the domain says who plans.
		{"GET", "/groups/:id/meetings/new", signedIn, s.meetingNewPage},
		{"POST", "/groups/:id/meetings/new", signedIn, s.submitMeetingNew},
		{"POST", "/groups/:id/meetings/:meeting/cancel", signedIn, s.submitMeetingCancel},
		{"GET", "/packages/:id", signedIn, s.packagePage},
		{"GET", "/packages/:id/history", signedIn, s.historyPage},
		{"GET", "/packages/:id/update", editors, s.updatePage},
		{"POST", "/packages/:id/update", editors, s.submitUpdate},
		{"GET", "/packages/:id/edit", editors, s.packageEditPage},
		{"POST", "/packages/:id/edit", editors, s.submitPackageEdit},
		{"GET", "/packages/:id/issues/:item", raisers, s.issuePage},
		{"POST", "/packages/:id/issues/:item", raisers, s.submitIssue},
		{"GET", "/packages/:id/:kind/new", editors, s.itemNewPage},
		{"POST", "/packages/:id/:kind/new", editors, s.submitItemNew},
		{"GET", "/packages/:id/:kind/:item", editors, s.itemPage},
		{"POST", "/packages/:id/:kind/:item", editors, s.submitItem},
		{"GET", "/annexa", signedIn, s.annexaPage},
		{"GET", "/annexa/check", checkers, s.checkNewPage},
		{"GET", "/annexa/rules", signedIn, s.rulesPage},
		{"GET", "/annexa/checks", signedIn, s.checksPage},
		{"POST", "/annexa/checks", checkers, s.submitCheck},
		{"GET", "/annexa/checks/:id", signedIn, s.checkPage},
		{"GET", "/annexa/checks/:id/share", signedIn, s.checkSharePage},
		{"GET", "/annexa/checks/:id/findings.xlsx", checkers, s.findings},
		{"GET", "/annexa/checks/:id/issue", raisers, s.issueNewPage},
		{"POST", "/annexa/checks/:id/issue", raisers, s.submitIssueNew},
		{"GET", "/people", editors, s.peoplePage},
		{"GET", "/people/new", directors, s.personNewPage},
		{"POST", "/people/new", directors, s.submitPersonNew},
		{"GET", "/people/:id", directors, s.personPage},
		{"POST", "/people/:id", directors, s.submitPerson},
		{"POST", "/people/:id/link", directors, s.submitPersonLink},
		{"GET", "/messages", signedIn, s.messagesPage},
		{"GET", "/jobs", signedIn, s.jobsPage},
		{"GET", "/jobs/:name", signedIn, s.jobPage},
		{"POST", "/jobs/:name/dry-run", directors, s.submitDryRun},
		{"GET", "/jobs/:name/run", directors, s.jobRunPage},
		{"POST", "/jobs/:name/run", directors, s.submitJobRun},
		{"GET", "/calendar", editors, s.calendarPage},
		{"GET", "/messages/one", signedIn, s.messagePage},
		{"POST", "/messages/one", directors, s.submitMessage},
		{"GET", "/messages.csv", directors, s.messagesCSV},
		{"GET", "/mine/times", signedIn, s.timesPage},
		{"POST", "/mine/times", signedIn, s.submitTimes},
		{"GET", "/rules", signedIn, s.reminderRulesPage},
		{"GET", "/rules/closed", signedIn, s.closedDaysPage},
		{"POST", "/rules/closed", directors, s.submitClosedDays},
		{"GET", "/rules/:id", directors, s.ruleEditPage},
		{"POST", "/rules/:id", directors, s.submitRule},

		// The communications plan. Who may approve, or record what they sent, may have
		// any role: the domain says.
		{"GET", "/comms", signedIn, s.commsPage},
		{"GET", "/comms/new", planners, s.commsNewPage},
		{"POST", "/comms/new", planners, s.submitCommsNew},
		{"POST", "/comms/preview", planners, s.commsPreview},
		{"GET", "/comms/calendar", signedIn, s.commsCalendarPage},
		{"GET", "/comms/audiences", signedIn, s.audiencesPage},
		{"GET", "/comms/audiences/new", planners, s.audienceNewPage},
		{"POST", "/comms/audiences/new", planners, s.submitAudienceNew},
		{"GET", "/comms/audiences/:id", planners, s.audiencePage},
		{"POST", "/comms/audiences/:id", planners, s.submitAudience},
		{"GET", "/comms/events", signedIn, s.eventsPage},
		{"GET", "/comms/events/:id", planners, s.eventPage},
		{"POST", "/comms/events/:id", planners, s.submitEvent},
		{"GET", "/comms/:id", signedIn, s.commsMessagePage},
		{"GET", "/comms/:id/edit", planners, s.commsEditPage},
		{"POST", "/comms/:id/edit", planners, s.submitCommsEdit},
		{"GET", "/comms/:id/history", signedIn, s.commsHistoryPage},
		{"GET", "/comms/:id/access", signedIn, s.commsAccessPage},
		{"GET", "/comms/:id/readers", directors, s.readersPage},
		{"POST", "/comms/:id/readers", directors, s.submitReaders},
		{"GET", "/comms/:id/briefing", signedIn, s.briefingPage},
		{"GET", "/comms/:id/briefing.docx", signedIn, s.wordDocument},
		{"GET", "/comms/:id/mail", signedIn, s.mailPage},
		{"GET", "/comms/:id/mail.eml", signedIn, s.mailFile},
		{"POST", "/comms/:id/submit", planners, s.submitComms(s.doSubmit, "submitted")},
		{"POST", "/comms/:id/approve", signedIn, s.submitComms(s.doApprove, "approved")},
		{"POST", "/comms/:id/send-back", signedIn, s.submitComms(s.doSendBack, "sent-back")},
		{"GET", "/comms/:id/schedule", planners, s.schedulePage},
		{"POST", "/comms/:id/schedule", planners, s.submitComms(s.doSchedule, "scheduled")},
		{"POST", "/comms/:id/cancel", planners, s.submitComms(s.doCancel, "comms-cancelled")},
		{"POST", "/comms/:id/remind", planners, s.submitComms(s.doRemind, "reminded")},
		{"GET", "/comms/:id/sent", signedIn, s.handPage},
		{"POST", "/comms/:id/sent", signedIn, s.submitHand},

		// JSON
		{"GET", "/api/v1/openapi.yaml", everybody, s.openAPI},
		{"GET", "/api/v1/groups", signedIn, s.apiGroups},
		{"POST", "/api/v1/groups/:id/meetings", signedIn, s.apiAddMeeting},
		{"DELETE", "/api/v1/groups/:id/meetings/:meeting", signedIn, s.apiCancelMeeting},
		{"GET", "/api/v1/workpackages", signedIn, s.apiPackages},
		{"GET", "/api/v1/workpackages/:id", signedIn, s.apiPackage},
		{"PATCH", "/api/v1/workpackages/:id", editors, s.apiEdit},
		{"POST", "/api/v1/workpackages/:id/updates", editors, s.apiUpdate},
		{"GET", "/api/v1/workpackages/:id/history", signedIn, s.apiHistory},
		{"POST", "/api/v1/workpackages/:id/milestones", editors, s.apiAddMilestone},
		{"PATCH", "/api/v1/workpackages/:id/milestones/:item", editors, s.apiChangeMilestone},
		{"POST", "/api/v1/workpackages/:id/actions", editors, s.apiAddAction},
		{"PATCH", "/api/v1/workpackages/:id/actions/:item", editors, s.apiChangeAction},
		{"POST", "/api/v1/workpackages/:id/evidence", editors, s.apiAddEvidence},
		{"PATCH", "/api/v1/workpackages/:id/evidence/:item", editors, s.apiChangeEvidence},
		{"POST", "/api/v1/workpackages/:id/issues", raisers, s.apiAddIssue},
		{"PATCH", "/api/v1/workpackages/:id/issues/:item", raisers, s.apiChangeIssue},
		{"POST", "/api/v1/annexa/checks", checkers, s.apiCheckFiles},
		{"GET", "/api/v1/annexa/checks", signedIn, s.apiChecks},
		{"GET", "/api/v1/annexa/checks/:id", signedIn, s.apiCheck},
		{"GET", "/api/v1/annexa/checks/:id/findings.xlsx", checkers, s.findings},
		{"GET", "/api/v1/annexa/rules", signedIn, s.apiRules},
		{"GET", "/api/v1/readiness", signedIn, s.apiReadiness},
		{"GET", "/api/v1/people", editors, s.apiPeople},
		{"GET", "/api/v1/notifications", signedIn, s.apiNotifications},
		{"POST", "/api/v1/notifications/resend", directors, s.apiResend},
		{"GET", "/api/v1/me/preferences", signedIn, s.apiPreferences},
		{"PUT", "/api/v1/me/preferences", signedIn, s.apiSavePreferences},
		{"GET", "/api/v1/rules", signedIn, s.apiReminderRules},
		{"GET", "/api/v1/rules/:id", signedIn, s.apiReminderRule},
		{"PATCH", "/api/v1/rules/:id", directors, s.apiEditRule},
		{"GET", "/api/v1/closed-days", signedIn, s.apiClosedDays},
		{"PUT", "/api/v1/closed-days", directors, s.apiEditClosedDays},
		{"GET", "/api/v1/me/reminders", signedIn, s.apiMine},
		{"POST", "/api/v1/me/responses", signedIn, s.apiRespond},
		{"DELETE", "/api/v1/me/responses", signedIn, s.apiWithdraw},
		{"GET", "/api/v1/comms/messages", signedIn, s.apiMessages},
		{"POST", "/api/v1/comms/messages", planners, s.apiAddMessage},
		{"GET", "/api/v1/comms/messages/:id", signedIn, s.apiMessage},
		{"PATCH", "/api/v1/comms/messages/:id", planners, s.apiEditMessage},
		{"GET", "/api/v1/comms/messages/:id/history", signedIn, s.apiMessageHistory},
		{"GET", "/api/v1/comms/messages/:id/accesses", signedIn, s.apiMessageAccesses},
		{"POST", "/api/v1/comms/messages/:id/submit", planners, s.apiMessageStep(s.stepSubmit)},
		{"POST", "/api/v1/comms/messages/:id/approve", signedIn, s.apiMessageStep(s.stepApprove)},
		{"POST", "/api/v1/comms/messages/:id/send-back", signedIn, s.apiMessageStep(s.stepSendBack)},
		{"POST", "/api/v1/comms/messages/:id/schedule", planners, s.apiMessageStep(s.stepSchedule)},
		{"POST", "/api/v1/comms/messages/:id/cancel", planners, s.apiMessageStep(s.stepCancel)},
		{"POST", "/api/v1/comms/messages/:id/remind", planners, s.apiMessageStep(s.stepRemind)},
		{"POST", "/api/v1/comms/messages/:id/sent", signedIn, s.apiMessageStep(s.stepHand)},
		{"GET", "/api/v1/comms/audiences", signedIn, s.apiAudiences},
		{"GET", "/api/v1/comms/events", signedIn, s.apiEvents},
		{"PUT", "/api/v1/comms/events/:id", planners, s.apiSetEvent},
		{"GET", "/api/v1/jobs", signedIn, s.apiJobs},
		{"GET", "/api/v1/jobs/runs", signedIn, s.apiJobRuns},
		{"POST", "/api/v1/jobs/:name/run", directors, s.apiRunJob},
		{"GET", "/api/v1/calendar", editors, s.apiCalendar},
		{"GET", "/api/v1/slack", directors, s.apiSlack},
	}
}

// Access is one row of the table for those who check it.
type Access struct {
	Method, Path string
	Roles        []workpackages.Role // nil: open to everybody
}

// Access lists every route and who may open it.
func (s *Server) Access() []Access {
	var out []Access
	for _, r := range s.routes() {
		out = append(out, Access{r.Method, r.Path, r.Roles})
	}
	return out
}
