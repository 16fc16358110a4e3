// Package comms is the communications plan: who is told what, when and by whom, and
// what came of it.
//
// A [Message] is a row of the plan, with its wording. Like a work package it changes
// through the [Service] alone, and each change is one immutable [Entry] that nobody
// else can make: who wrote and who approved which wording is kept for good.
//
// Nothing is sent that two people have not seen. What somebody wrote is approved by
// somebody else, and any change to what goes to whom takes it back to review. What is
// sent is the wording that was approved, asked for again at the moment it goes.
//
// An embargoed message is read by those it names and nobody else, each reading is on
// record before anything is shown, and no way leads from it to Slack: see Service.slack.
//
// A sending is one document with those it goes to, made once; the outbox then gets a
// message for each of them under a key of its own, so that a crash in the middle
// neither loses nor doubles one.
package comms
