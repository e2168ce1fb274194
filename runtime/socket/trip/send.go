package trip

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/duet-api/duet/runtime/sample"
	"github.com/duet-api/duet/runtime/socket"
)

// Message tells about a message what sending it needs.
type Message struct {
	Name string // of the test
	Type string // of the samples
	// Burst is how many may be sent at once on a connection; 0 for any number.
	Burst int
	// MaxBytes limits a message; longer samples are left out. 0 for no limit.
	MaxBytes int
	// Values are what the member that tells the message must be, by its pointer.
	Values string
	// ID is the member that has the correlation id, which a call sets.
	ID string
	// Items is the pointer to the items of a message of the latest class.
	Items string
	// Whole decodes a frame as any message of its direction; nil where there is one
	// alone. Samples that are of another message are left out: examples, and where
	// no value tells the message the others too.
	Whole func([]byte) (sample.Value, error)
}

// Decodes is implemented by the pointer to a generated message M.
type Decodes[M any] interface {
	*M
	sample.Value
	UnmarshalJSON([]byte) error
}

// texts gives the examples of a message, and samples.
func (l *Link[C, S]) texts(t *testing.T, m Message) (examples, made [][]byte) {
	t.Helper()
	made, err := l.types.Messages(m.Type, m.Values, sample.Count, sample.Seed(m.Name))
	if err != nil {
		t.Skip(err)
	}
	return m.small(l.types.Examples(m.Type)), m.small(made)
}

// small leaves out what is too long to be sent.
func (m Message) small(texts [][]byte) [][]byte {
	return slices.DeleteFunc(texts, func(text []byte) bool { return m.MaxBytes > 0 && len(text) > m.MaxBytes })
}

// each decodes the samples of a message and calls send with them, on a new
// connection where the old one has had its share.
func each[C Client, S, M any, P Decodes[M]](l *Link[C, S], m Message, send func(t *testing.T, m M, text []byte)) {
	l.t.Run(m.Name, func(t *testing.T) {
		examples, made := l.texts(t, m)
		sent := 0
		for i, text := range slices.Concat(examples, made) {
			v, ok := decode[M, P](t, m, text, i < len(examples) || l.types.Trial(m.Type))
			if !ok {
				continue
			}
			if sent == 0 || m.Burst > 0 && sent%m.Burst == 0 {
				l.connect(t)
			}
			send(t, v, text)
			sent++
		}
		if sent == 0 {
			t.Skip("no sample is surely of this message and within its size")
		}
	})
}

// decode decodes a sample. ok is false for one that is not of the message, which
// is a failure unless it may be so.
func decode[M any, P Decodes[M]](t *testing.T, m Message, text []byte, mayBe bool) (v M, ok bool) {
	t.Helper()
	err := P(&v).UnmarshalJSON(text)
	if err == nil && m.Whole != nil && (mayBe || m.Values == "") {
		whole, err := m.Whole(text)
		return v, err == nil && reflect.TypeOf(whole) == reflect.TypeOf(v)
	}
	if err != nil && !mayBe {
		t.Fatalf("%s: %v", text, err)
	}
	return v, err == nil
}

// ToServer sends samples of a message to the server.
func ToServer[C Client, S, M any, P Decodes[M]](l *Link[C, S], m Message, send func(C, context.Context, M) error) {
	each[C, S, M, P](l, m, func(t *testing.T, v M, text []byte) {
		if err := send(l.client, l.ctx, v); err != nil {
			t.Fatalf("send %s: %v", text, err)
		}
		same(t, v, l.got(t, text))
	})
}

// Call sends samples of a request to the server, which replies with samples of
// the reply.
func Call[C Client, S, M, R any, P Decodes[M], Q Decodes[R]](l *Link[C, S], m, reply Message, call func(C, context.Context, M) (R, error)) {
	replies := answers[C, S, R, Q](l, reply)
	each[C, S, M, P](l, m, func(t *testing.T, v M, text []byte) {
		if len(replies) == 0 {
			t.Skip("no sample of the reply can be made")
		}
		want := replies[0]
		replies = append(replies[1:], want)
		l.peer.replies <- want
		type result struct {
			reply R
			err   error
		}
		done := make(chan result, 1)
		go func() {
			r, err := call(l.client, l.ctx, v)
			done <- result{r, err}
		}()
		sameBut(t, m.ID, v, l.got(t, text))
		r := <-done
		if r.err != nil {
			t.Fatalf("call %s: %v", text, r.err)
		}
		sameBut(t, reply.ID, want, r.reply)
	})
}

// answers decodes the samples of a reply.
func answers[C Client, S, R any, Q Decodes[R]](l *Link[C, S], reply Message) []R {
	made, err := l.types.Messages(reply.Type, reply.Values, sample.Count, sample.Seed(reply.Name))
	if err != nil {
		return nil
	}
	var out []R
	for _, text := range slices.Concat(l.types.Examples(reply.Type), reply.small(made)) {
		if v, ok := decode[R, Q](l.t, reply, text, true); ok {
			out = append(out, v)
		}
	}
	return out
}

// ToClient sends samples of a message to the client.
func ToClient[C Client, S interface{ Send(socket.Outgoing) error }, M, U any, P Decodes[M]](l *Link[C, S], m Message, send func(S, M) error, next func(C, context.Context) (U, error)) {
	each[C, S, M, P](l, m, func(t *testing.T, v M, text []byte) {
		var err error
		if m.Items != "" && items(text, m.Items) != 1 { // several are merged by their keys
			err = l.server.Send(any(v).(socket.Outgoing))
		} else {
			err = send(l.server, v)
		}
		if err != nil {
			t.Fatalf("send %s: %v", text, err)
		}
		got, err := next(l.client, l.ctx)
		if err != nil {
			t.Fatalf("receive %s: %v", text, err)
		}
		same(t, v, any(got))
	})
}

// got waits for what the server gets.
func (l *Link[C, S]) got(t *testing.T, text []byte) any {
	t.Helper()
	select {
	case v := <-l.peer.got:
		return v
	case err := <-l.peer.failed:
		t.Fatalf("the server refused %s: %v", text, err)
	case <-l.ctx.Done():
		t.Fatalf("%s never arrived", text)
	}
	return nil
}

func same(t *testing.T, want, got any) {
	t.Helper()
	if !reflect.DeepEqual(want, got) {
		t.Fatalf("%#v arrived as %#v", want, got)
	}
}

// sameBut compares two messages but for one member.
func sameBut(t *testing.T, member string, want, got any) {
	t.Helper()
	if reflect.TypeOf(want) != reflect.TypeOf(got) {
		t.Fatalf("%T arrived as %T", want, got)
	}
	a, b := without(t, member, want), without(t, member, got)
	if !reflect.DeepEqual(a, b) {
		t.Fatalf("%v arrived as %v", a, b)
	}
}

func without(t *testing.T, member string, v any) map[string]json.RawMessage {
	t.Helper()
	out := map[string]json.RawMessage{}
	if err := json.Unmarshal(v.(sample.Value).AppendJSON(nil), &out); err != nil {
		t.Fatal(err)
	}
	delete(out, member)
	return out
}

// items counts the items at a pointer of declared names.
func items(text []byte, pointer string) int {
	for name := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		var members map[string]json.RawMessage
		if json.Unmarshal(text, &members) != nil {
			return 0
		}
		text = members[strings.NewReplacer("~1", "/", "~0", "~").Replace(name)]
	}
	var list []json.RawMessage
	_ = json.Unmarshal(text, &list) // no list has no items
	return len(list)
}
