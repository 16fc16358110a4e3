package slackapp

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"readiness/notifications"
	ours "readiness/notifications/slack"
	"readiness/notifications/slack/blockkit"
	"readiness/workpackages"
	"readiness/workpackages/phrase"
)

// Command is the slash command.
const Command = "/readiness"

// command does what a slash command asks, after Slack was answered.
func (a *App) command(cmd slack.SlashCommand) {
	if cmd.UserID == "" { // Slack's check that we are there
		return
	}
	a.run("command", func(ctx context.Context) error {
		if ok, err := a.first(ctx, cmd.TriggerID); err != nil || !ok {
			if err != nil {
				return a.respond(ctx, cmd.ResponseURL, sentence(a.sorry(err)))
			}
			return nil
		}
		r, err := a.answerCommand(ctx, cmd)
		if err != nil {
			r = &reply{}
			*r = sentence(a.sorry(err))
		}
		if r == nil { // a form is open
			return nil
		}
		return a.respond(ctx, cmd.ResponseURL, *r)
	})
}

// answerCommand gives the reply to a command; nil where it opened a form.
func (a *App) answerCommand(ctx context.Context, cmd slack.SlashCommand) (*reply, error) {
	person, err := a.who(ctx, cmd.UserID)
	if err != nil {
		return nil, err
	}
	word, rest, _ := strings.Cut(strings.TrimSpace(cmd.Text), " ")
	var r reply
	switch strings.ToLower(word) {
	case "", "status":
		r, err = a.glance(ctx, strings.HasPrefix(cmd.ChannelID, "D"))
	case "mine":
		r, err = a.mine(ctx, person)
	case "annexa":
		r, err = a.annexa(ctx)
	case "help":
		r = a.help("")
	case "update":
		return a.updateCommand(ctx, person, cmd, strings.TrimSpace(rest))
	default:
		r = a.help("There is no “" + word + "” here.")
	}
	return &r, err
}

func (a *App) help(before string) reply {
	b := blockkit.Message()
	b.Section("", blockkit.Text(before, maxDetail), nil)
	lines := [][2]string{
		{"", "the six packages at a glance"},
		{" update PACKAGE", "say where a package stands: its name, or a part of it"},
		{" mine", "what is open for you, and your answers"},
		{" annexa", "whether the Annexe A lists are fit to send"},
		{" help", "this"},
	}
	var text blockkit.Rich
	for _, l := range lines {
		text += "`" + blockkit.Rich(Command+l[0]) + "`  " + blockkit.Text(l[1], maxDetail) + "\n"
	}
	b.Section("", text, nil)
	b.Context(blockkit.Text("Only you see the replies. Write no child's name or details here.", maxDetail))
	return reply{text: strings.TrimSpace(before + " What " + Command + " can do"), blocks: b.Blocks()}
}

// glance is the six packages as they stand. direct is a conversation with nobody
// else in it: there is nobody to share it with.
func (a *App) glance(ctx context.Context, direct bool) (reply, error) {
	r, err := a.Packages.Readiness(ctx, time.Time{})
	if err != nil {
		return reply{}, err
	}
	tail := blockkit.Part()
	a.glanceTail(tail, direct)
	return a.overview(r, "Readiness on "+r.Today.String(), tail), nil
}

func (a *App) glanceTail(tail *blockkit.Builder, direct bool) {
	var share slack.BlockElement
	if !direct {
		button := blockkit.Button(actShare, actShare, "Share in this channel")
		button.Confirm = blockkit.Confirm("Share it?", "Everybody in this channel will see where the packages stand.", "Share", "Keep it to me")
		share = button
	}
	tail.Actions("", blockkit.LinkButton("open", "Open the dashboard", a.BaseURL+"/"), share)
	tail.Context("Only you see this.")
}

// shared is the same for everybody in a conversation.
func (a *App) shared(ctx context.Context, by workpackages.Person) (reply, error) {
	r, err := a.Packages.Readiness(ctx, time.Time{})
	if err != nil {
		return reply{}, err
	}
	tail := blockkit.Part()
	a.shareNote(tail, by)
	out := a.overview(r, "Readiness on "+r.Today.String(), tail)
	out.public = true
	return out, nil
}

func (a *App) shareNote(tail *blockkit.Builder, by workpackages.Person) {
	tail.Context(blockkit.Text("Shared by "+by.Name+" at "+a.Now().In(a.Zone).Format("15:04")+".", maxDetail))
}

func (a *App) overview(r workpackages.Readiness, heading string, tail *blockkit.Builder) reply {
	b := blockkit.Message()
	b.Header(heading, "")
	b.Section("", blockkit.Text(counted(r), maxDetail), nil)
	all := packagesOf(r)
	b.List(len(all), mostPackages, func(i int) *blockkit.Builder {
		p := blockkit.Part()
		p.Section("", a.packageLine(all[i]), nil)
		return p
	}, a.more("/"), tail)
	return reply{text: heading + ": " + counted(r), blocks: b.Blocks()}
}

// mostPackages is above the six there are: a council may have more.
const mostPackages = 20

// more links to the page that has what is left out.
func (a *App) more(path string) func(left int) blockkit.Rich {
	return func(left int) blockkit.Rich {
		return blockkit.Link(a.BaseURL+path, blockkit.Text(fmt.Sprintf("and %d more", left), maxTitle))
	}
}

// mostLines is how much of what is theirs somebody is shown; as much as anybody reads.
const mostLines = 10

// mine is what is open for somebody, with what they can answer.
func (a *App) mine(ctx context.Context, person workpackages.Person) (reply, error) {
	y, err := a.Mine(ctx, person.ID)
	if err != nil {
		return reply{}, err
	}
	return a.yours(y), nil
}

func (a *App) yours(y notifications.Yours) reply {
	b, tail := blockkit.Message(), blockkit.Part()
	heading := "Yours: " + phrase.Count(len(y.Lines), "thing") + " open"
	b.Header(heading, "")
	if len(y.Lines) == 0 {
		heading = "Nothing is open for you"
		b = blockkit.Message()
		b.Section("", blockkit.Text(heading+".", maxDetail), nil)
	}
	tail.Actions("", blockkit.LinkButton("open", "Open in the browser", a.BaseURL+"/mine"))
	tail.Context(blockkit.Text(strings.Replace(y.Why, "You get this because", "This is yours because", 1)+" Only you see this.", maxDetail))
	a.lines(b, y.Lines, mostLines, tail)
	return reply{text: heading, blocks: b.Blocks()}
}

// lines adds what is open for somebody, and the tail below it.
func (a *App) lines(b *blockkit.Builder, all []notifications.YourLine, most int, tail *blockkit.Builder) {
	heading := ""
	b.List(len(all), most, func(i int) *blockkit.Builder {
		l, p := all[i], blockkit.Part()
		if l.Item.Section != heading {
			heading = l.Item.Section
			p.Section("", blockkit.Text(heading, maxTitle).Bold(), nil)
		}
		if l.Answer == nil {
			p.Section(ours.LineBlock(l.Item), ours.Line(l.Item), ours.AnswerSelect(l.Item))
			return p
		}
		p.Section("", ours.Line(l.Item)+"\n"+blockkit.Text(l.Answer.SaysToSelf(), maxDetail),
			blockkit.Button(actTakeBack, l.Answer.ID, "Take back"))
		return p
	}, a.more("/mine"), tail)
}

// annexa says what the newest check of a whole return found: what may leave the
// authority of it, and no more.
func (a *App) annexa(ctx context.Context) (reply, error) {
	newest, err := a.Packages.NewestReturn(ctx)
	if err != nil && workpackages.KindOf(err) == workpackages.NotFound {
		return sentence("Nobody has checked an Annexe A return yet. Data analysts check one under Annexe A in the browser."), nil
	}
	if err != nil {
		return reply{}, err
	}
	c, err := a.Packages.CheckOf(ctx, newest.ID)
	if err != nil {
		return reply{}, err
	}
	m := notifications.AnnexaGlance(c, a.BaseURL, a.Zone)
	return reply{text: m.Short(), blocks: ours.Blocks(m)}, nil
}

// updateCommand opens the form of the package that is meant, or says which there are.
func (a *App) updateCommand(ctx context.Context, person workpackages.Person, cmd slack.SlashCommand, name string) (*reply, error) {
	r, err := a.Packages.Readiness(ctx, time.Time{})
	if err != nil {
		return nil, err
	}
	by := person.Actor(via)
	theirs := slices.DeleteFunc(packagesOf(r), func(p workpackages.PackageReadiness) bool { return !workpackages.MayChange(by, p.GroupID) })
	found := named(theirs, name)
	if len(found) == 1 {
		p := found[0]
		return nil, a.openForm(ctx, cmd.TriggerID, person, p.ID, origin{})
	}
	says := "Which package?"
	switch {
	case len(theirs) == 0:
		out := sentence("There is no package whose status you can update. Tell a lead of its steering group where it stands.")
		return &out, nil
	case len(found) == 0 && len(named(packagesOf(r), name)) > 0:
		says = "Only the leads of that package's steering group and the assistant director can change it. These you can update:"
		found = theirs
	case len(found) == 0:
		says = "No package is called that. These you can update:"
		found = theirs
	}
	return a.choices(by, says, found), nil
}

// choices are packages to update.
func (a *App) choices(by workpackages.Actor, says string, found []workpackages.PackageReadiness) *reply {
	b := blockkit.Message()
	b.Section("", blockkit.Text(says, maxDetail), nil)
	b.List(len(found), mostPackages, func(i int) *blockkit.Builder {
		p := blockkit.Part()
		p.Section("", blockkit.Text(found[i].Title, maxTitle).Bold()+"\n"+blockkit.Text(said(found[i].Status), maxTitle), updateButton(by, found[i]))
		return p
	}, a.more("/"), nil)
	return &reply{text: says, blocks: b.Blocks()}
}

// named gives the packages that somebody can mean: the one of that id or title, or
// else those with all its words; all of them for no name.
func named(all []workpackages.PackageReadiness, name string) []workpackages.PackageReadiness {
	name = strings.ToLower(strings.Join(strings.Fields(name), " "))
	var out []workpackages.PackageReadiness
	for _, p := range all {
		title := strings.ToLower(p.Title)
		if p.ID == name || title == name {
			return []workpackages.PackageReadiness{p}
		}
		has := func(word string) bool { return strings.Contains(title, word) || strings.Contains(p.ID, word) }
		if !slices.ContainsFunc(strings.Fields(name), func(word string) bool { return !has(word) }) {
			out = append(out, p)
		}
	}
	return out
}
