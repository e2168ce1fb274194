package wire_test

import (
	"slices"
	"testing"

	"github.com/duet-api/duet/runtime/wire"
)

func TestTopics(t *testing.T) {
	t.Parallel()
	tests := []struct {
		topic, separators string
		parts             []string
		want              []string // nil where the topic does not fit
	}{
		{"ticker.BTC-USD", ".", []string{"ticker.", ""}, []string{"BTC-USD"}},
		{"ticker.", ".", []string{"ticker.", ""}, nil},
		{"ticker.a.b", ".", []string{"ticker.", ""}, nil},
		{"tickers.a", ".", []string{"ticker.", ""}, nil},
		{"book.10.btc", ".", []string{"book.", ".", ""}, []string{"10", "btc"}},
		{"book.10", ".", []string{"book.", ".", ""}, nil},
		{"btcusdt@trade", "@", []string{"", "@trade"}, []string{"btcusdt"}},
		{"@trade", "@", []string{"", "@trade"}, nil},
		{"btc@tradex", "@", []string{"", "@trade"}, nil},
		{"a@depth5@100ms", "@", []string{"", "@depth", "@100ms"}, []string{"a", "5"}},
		{"xx", "", []string{"x", ""}, []string{"x"}},
		{"axbxc", "", []string{"", "x", ""}, []string{"a", "bxc"}},
		{"room:lobby", ":", []string{"room:lobby"}, []string{}},
		{"", ":", []string{"", ""}, nil},
	}
	for _, tt := range tests {
		got, err := wire.SplitTopic(tt.topic, tt.separators, tt.parts...)
		fits := wire.MatchTopic([]byte(tt.topic), tt.separators, tt.parts...)
		if fits != (tt.want != nil) || fits != (err == nil) || !slices.Equal(got, tt.want) {
			t.Errorf("%q in %q: %q, %v, %t; want %q", tt.topic, tt.parts, got, err, fits, tt.want)
		}
		if fits && wire.JoinTopic(tt.parts, got...) != tt.topic {
			t.Errorf("%q is joined as %q", tt.topic, wire.JoinTopic(tt.parts, got...))
		}
	}
}

func TestTopicValue(t *testing.T) {
	t.Parallel()
	if wire.TopicValue("10", "5", "10") != nil || wire.TopicValue("7", "5", "10") == nil {
		t.Error("the values of a parameter are not checked")
	}
}
