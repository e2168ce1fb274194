// Package topictest runs the code that was generated from testdata/topics.
package topictest

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/duet-api/duet/internal/codegen/testdata/topics/gen/schema"
	"github.com/duet-api/duet/internal/codegen/testdata/topics/gen/wsapi"
	"github.com/duet-api/duet/runtime/socket"
)

// market serves the contract of testdata/topics: it sends a price on the topic of
// what a client subscribes to, and places orders for the account of the topic.
type market struct{ failures chan *socket.Failure }

func (market) Upgrade(context.Context, *socket.Handshake) (struct{}, error) { return struct{}{}, nil }

func (market) Open(context.Context, *wsapi.FeedConn[struct{}]) error { return nil }

func (m market) Fail(_ context.Context, _ *wsapi.FeedConn[struct{}], f *socket.Failure) {
	m.failures <- f
}

func (market) Closed(*wsapi.FeedConn[struct{}], socket.CloseInfo) {}

func (market) Subscribe(_ context.Context, c *wsapi.FeedConn[struct{}], m schema.Subscribe) error {
	for _, symbol := range m.Topics {
		tick := schema.Tick{Channel: wsapi.FeedTickerTopic{Symbol: symbol}.String(), Bid: 1}
		book := schema.Snapshot{Channel: wsapi.FeedBookTopic{Depth: "10", Symbol: symbol}.String()}
		if err := errors.Join(c.SendTick(tick), c.SendSnapshot(book), c.SendPong(schema.Pong{})); err != nil {
			return err
		}
	}
	return nil
}

func (market) Place(_ context.Context, _ *wsapi.FeedConn[struct{}], m schema.Place, topic wsapi.FeedOrdersTopic) (schema.Placed, error) {
	return schema.Placed{Channel: "orders." + strings.ToUpper(topic.Account)}, nil
}

// TestTopics has channels share a socket: handlers get the parameters of their
// topic, and clients tell the topics apart.
func TestTopics(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	m := market{failures: make(chan *socket.Failure, 1)}
	server := httptest.NewServer(wsapi.NewFeedServer[struct{}](m, nil))
	t.Cleanup(server.Close)
	c, err := wsapi.DialFeed(ctx, "ws"+strings.TrimPrefix(server.URL, "http")+"/v2", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(1000, "") })

	if err := c.Subscribe(ctx, schema.Subscribe{Topics: []string{"BTC-USD"}}); err != nil {
		t.Fatal(err)
	}
	if tick := next[schema.Tick](t, c); tick.Bid != 1 {
		t.Errorf("got %+v", tick)
	} else if topic, err := wsapi.ParseFeedTickerTopic(tick.Channel); err != nil || topic.Symbol != "BTC-USD" {
		t.Errorf("the topic %q is %+v, %v", tick.Channel, topic, err)
	}
	book := next[schema.Snapshot](t, c)
	if topic, err := wsapi.ParseFeedBookTopic(book.Channel); err != nil || topic != (wsapi.FeedBookTopic{Depth: "10", Symbol: "BTC-USD"}) {
		t.Errorf("the topic %q is %+v, %v", book.Channel, topic, err)
	}
	next[schema.Pong](t, c)
	placed, err := c.Place(ctx, schema.Place{Channel: wsapi.FeedOrdersTopic{Account: "ada"}.String()})
	if err != nil || placed.Channel != "orders.ADA" {
		t.Errorf("got %+v, %v", placed, err)
	}
	if _, err := wsapi.ParseFeedBookTopic("book.7.BTC-USD"); err == nil {
		t.Error("a parameter has a value that its enum does not have")
	}
	if err := c.Client.Send(ctx, schema.Place{Channel: "orders.a.b", ID: "1"}); err != nil {
		t.Fatal(err)
	}
	if f := <-m.failures; f.Kind != socket.BadMessage {
		t.Errorf("a topic with too many parts: %v", f)
	}
}

// next reads the next message, which must be an M.
func next[M any](t *testing.T, c *wsapi.FeedClient) M {
	t.Helper()
	got, err := c.Next(t.Context())
	m, ok := got.(M)
	if err != nil || !ok {
		t.Fatalf("got %T, %v; want %T", got, err, m)
	}
	return m
}
