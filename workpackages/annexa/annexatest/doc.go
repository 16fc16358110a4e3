// Package annexatest makes up Annexe A returns to try a checker on: a clean one
// in which no rule finds anything ([New]), and faults planted in it one by one
// ([Plant]), each with the findings that are right to be reported because of it.
//
// It is written from the published facts about the 11 lists and shares no code
// and no table with the rules it tries, so a mistake made on one side shows as
// a disagreement and not as a test that passes. Nothing here reads a clock: the
// same seed gives the same bytes. Nobody in a return is real.
//
// Readings taken where a fact leaves room, all on the careful side:
//
//   - A return interview after a missing episode must have been "offered"
//     (C18) and yet no column may hold a single value (S07), so a few rows say
//     that none was offered; C18's own test asks only that the cell is filled.
//   - "Second or later plan" (T15) would flag every plan with an earlier one,
//     and S07 wants the number to vary: only ended plans have earlier plans.
//   - T12 has no "where in touch", while List 9 needs no contact date from those
//     who are not: everybody has a contact in the last two months.
//   - C07's field guidance answers "No" for a child already on a plan who goes
//     to no conference; T02 would then run on for ever. No such row is made.
//   - A plan that began in the first days of the window had its strategy
//     discussion before it, so List 5 cannot hold the conference X07 looks for.
//     No plan begins in those days. X08 and X10 have the same edge.
//   - Children adopted between six and twelve months ago are in List 10 alone:
//     X16 and X17 compare only where List 8 has the child.
//   - L1 and L2 (X21) are left out: an order of days, and X20 forbids the plan
//     that would have to be in List 7 beside it.
//   - List 10 needs a disabled child however short it is (P07 has no fewest
//     rows), so the first child of each kind has a disability.
package annexatest
