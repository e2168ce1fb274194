package lower_test

import (
	"fmt"
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
		{"alike, with two parameters", head + "channels:\n  a: {address: '{p}-{q}.x', parameters: {p: {}, q: {}}, " + messages + "}\n  b: {address: 'a-b.{p}', parameters: {p: {}}}\n" + operations, []string{
			`a.yaml:3:47: error: x-topic: the topics "{p}-{q}.x" and "a-b.{p}" can't be told apart; begin each with a text of its own`}},
		{"a parameter twice", head + "channels: {a: {address: '{p}.{p}', parameters: {p: {}}, " + messages + "}}\n" + operations, []string{
			`a.yaml:4:25: error: address-parameter: the address of the channel "a" has {p} more than once; give each its own name`}},
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

// TestTopicNames gives channels whose names differ only in what Go has no names for.
func TestTopicNames(t *testing.T) {
	t.Parallel()
	doc := "asyncapi: 3.0.0\ninfo: {title: D, version: 1.0.0}\nservers: {f: {host: h, protocol: ws, x-topic: /ch}}\nchannels:\n"
	for i := range 12 {
		doc += fmt.Sprintf("  'a%sb': {address: 'x%d'}\n", strings.Repeat("-", i+1), i)
	}
	model, _ := read(t, doc)
	names := map[string]bool{}
	for _, topic := range model.Sockets[0].Topics {
		names[topic.Name] = true
	}
	if len(names) != 12 {
		t.Errorf("names %v", names)
	}
}

// TestTopicPath gives a socket of topics with a parameter in its path, whose first
// channel has no topic.
func TestTopicPath(t *testing.T) {
	t.Parallel()
	model, found := read(t, `asyncapi: 3.0.0
servers: {f: {host: h, protocol: ws, pathname: '/{tenant}/ws', variables: {tenant: {}}, x-topic: /ch}}
channels:
  plain: {address: null}
  a: {address: 'x.{p}', parameters: {p: {}}}
`)
	got := model.Sockets[0]
	if len(got.Params) != 1 || got.Params[0].JSON != "tenant" || len(got.Topics) != 1 || len(got.Topics[0].Params) != 1 {
		t.Errorf("parameters %v, topics %v, %v", got.Params, got.Topics, found)
	}
}
