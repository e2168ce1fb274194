package lower_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTopicsFail shows the findings about channels that share a socket by x-topic.
func TestTopicsFail(t *testing.T) {
	t.Parallel()
	const head = "asyncapi: 3.0.0\ninfo: {title: D, version: 1.0.0}\nservers: {f: {host: h, protocol: ws, x-topic: /ch}}\n"
	const messages = "messages: {m: {payload: {title: M, type: object, required: [ch], properties: {ch: {type: string}}}}}"
	const operations = "operations: {a: {action: send, channel: {$ref: '#/channels/a'}}}\n"
	tests := []struct {
		name, doc string
		want      []string
	}{
		{"fits", head + "channels: {a: {address: 'x.{p}', parameters: {p: {}}, " + messages + "}}\n" + operations, nil},
		{"no pointer", "asyncapi: 3.0.0\ninfo: {title: D, version: 1.0.0}\nx-topic: ch\nchannels: {a: {address: x, " + messages + "}}\n" + operations, []string{
			`a.yaml:3:10: error: x-topic: x-topic must be a pointer into the frame, not "ch"; write /channel`}},
		{"no member", head + "channels: {a: {address: x, messages: {m: {payload: {title: M, type: object, properties: {sh: {type: string}}}}}}}\n" + operations, []string{
			`a.yaml:4:42: error: x-topic: the payload of "m", at a.yaml:4:52, has no property at "/ch", where x-topic wants its topic (did you mean "/sh"?); declare a required string there`}},
		{"optional member", head + "channels: {a: {address: x, messages: {m: {payload: {title: M, type: object, properties: {ch: {type: string}}}}}}}\n" + operations, []string{
			`a.yaml:4:90: error: x-topic: /ch of "m" holds the topic, so it must be a string that is always there; make it a required string`}},
		{"parameters side by side", head + "channels: {a: {address: '{p}{q}', parameters: {p: {}, q: {}}, " + messages + "}}\n" + operations, []string{
			`a.yaml:4:25: error: x-topic: two parameters of the topic "{p}{q}" stand side by side, and nothing tells where the one ends; write something between them`}},
		{"alike", head + "channels:\n  a: {address: 'x.{p}', parameters: {p: {}}, " + messages + "}\n  b: {address: '{p}.y', parameters: {p: {}}}\n" + operations, []string{
			`a.yaml:3:47: error: x-topic: the topics "x.{p}" and "{p}.y" can't be told apart; begin each with a text of its own`}},
		{"of another length", head + "channels:\n  a: {address: 'x.{p}', parameters: {p: {}}, " + messages + "}\n  b: {address: 'x.{p}.y', parameters: {p: {}}}\n" + operations, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, found := read(t, tt.doc)
			if diff := cmp.Diff(tt.want, withoutWarnings(found)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestTopicNames numbers topics that would be called the same, however many there
// are.
func TestTopicNames(t *testing.T) {
	t.Parallel()
	var channels strings.Builder
	for i := range 13 {
		fmt.Fprintf(&channels, "  'a%sb': {address: 'a.%d', messages: {m: {payload: {title: M%d, type: object, required: [ch], properties: {ch: {type: string}}}}}}\n", strings.Repeat(".", i+1), i, i)
	}
	model, found := read(t, "asyncapi: 3.0.0\ninfo: {title: D, version: 1.0.0}\nservers: {f: {host: h, protocol: ws, x-topic: /ch}}\nchannels:\n"+
		channels.String()+"operations: {a: {action: send, channel: {$ref: '#/channels/a.b'}}}\n")
	var names []string
	for _, topic := range model.Sockets[0].Topics {
		names = append(names, topic.Name)
	}
	slices.Sort(names)
	if got := len(slices.Compact(names)); got != 13 {
		t.Errorf("%d names of 13 topics: %q (%v)", got, names, found)
	}
}
