package describe

import (
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
)

// tried is the number of the rule by which a frame is read as each message.
const tried = 8

// rules words the rules of DESIGN.md section 5 by which a frame's message is told.
func rules() map[int]string {
	return map[int]string{
		1:     "which the document names as the discriminator",
		2:     "the shallowest member whose constant values differ",
		3:     "a pair of members",
		4:     "which one message lacks",
		5:     "an enum of the messages' names",
		6:     "which x-envelope names",
		7:     "a member or a kind of JSON that one message alone has",
		tried: "reading the frame as each of them to see which one fits",
	}
}

// untold stands for the rule where there is none.
const untold = "nothing: they can't be told apart"

// toldBy says how the messages of a direction are told apart.
func toldBy(by *ir.Discriminator) string {
	words := rules()[by.Rule]
	place := by.Pointer
	if by.Second != "" {
		place += " and " + by.Second
	}
	switch {
	case place == "":
		return words
	case words == "":
		return place
	}
	return place + ", " + words
}

// when says which frames a variant is selected by.
func when(by *ir.Discriminator, v *ir.Variant) string {
	var tests []string
	if len(v.JSON) > 0 {
		tests = append(tests, "the frame is of JSON type "+strings.Join(v.JSON, " or "))
	}
	if by != nil && len(v.Values) > 0 {
		place := by.Pointer
		if place == "" {
			place = "the frame"
		}
		tests = append(tests, place+" is "+strings.Join(v.Values, " or "))
	}
	for _, t := range v.Topics {
		tests = append(tests, by.Pointer+" is a topic "+t.Address)
	}
	if by != nil && len(v.Second) > 0 {
		tests = append(tests, by.Second+" is "+strings.Join(v.Second, " or "))
	}
	if v.Member != "" {
		tests = append(tests, "there is a member "+v.Member)
	}
	switch {
	case len(tests) > 0:
		return strings.Join(tests, " and ")
	case by == nil:
		return "the frame fits its schema"
	}
	return "nothing else fits"
}
