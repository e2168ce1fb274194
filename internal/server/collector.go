package server

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/duet-api/duet/runtime/socket"
)

// socketCollector shows the counters of the sockets when it is asked.
type socketCollector struct {
	stats                                    *socket.Stats
	open, accepted                           *prometheus.Desc
	messagesIn, bytesIn, framesOut, bytesOut *prometheus.Desc
	failures, closes, rejected               *prometheus.Desc
}

var _ prometheus.Collector = (*socketCollector)(nil)

func newSocketCollector(stats *socket.Stats) *socketCollector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("duet_socket_"+name, help, labels, nil)
	}
	return &socketCollector{
		stats:      stats,
		open:       desc("connections", "Sockets that are open."),
		accepted:   desc("accepted_total", "Sockets that were opened."),
		messagesIn: desc("messages_received_total", "Messages received."),
		bytesIn:    desc("received_bytes_total", "Bytes of the messages received."),
		framesOut:  desc("frames_sent_total", "Frames handed to sockets, control frames included."),
		bytesOut:   desc("sent_bytes_total", "Bytes of the frames handed to sockets."),
		failures:   desc("failures_total", "Messages that were refused, by kind.", "kind"),
		closes:     desc("closes_total", "Sockets that ended, by close code.", "code"),
		rejected:   desc("rejected_total", "Handshakes that were refused, by HTTP status.", "status"),
	}
}

// Describe implements [prometheus.Collector].
func (c *socketCollector) Describe(descs chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		c.open, c.accepted, c.messagesIn, c.bytesIn, c.framesOut, c.bytesOut, c.failures, c.closes, c.rejected,
	} {
		descs <- d
	}
}

// Collect implements [prometheus.Collector].
func (c *socketCollector) Collect(out chan<- prometheus.Metric) {
	n := c.stats.Counts()
	out <- prometheus.MustNewConstMetric(c.open, prometheus.GaugeValue, float64(n.Open))
	count := func(d *prometheus.Desc, value int64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(value), labels...)
	}
	count(c.accepted, n.Accepted)
	count(c.messagesIn, n.MessagesIn)
	count(c.bytesIn, n.BytesIn)
	count(c.framesOut, n.FramesOut)
	count(c.bytesOut, n.BytesOut)
	for kind, value := range n.Failures {
		count(c.failures, value, kind.String())
	}
	for code, value := range n.Closes {
		count(c.closes, value, strconv.Itoa(int(code)))
	}
	for status, value := range n.Rejected {
		count(c.rejected, value, strconv.Itoa(status))
	}
}

// waitingCollector shows the connections without a request.
type waitingCollector struct {
	waiting   *waiting
	now, gone *prometheus.Desc
}

var _ prometheus.Collector = (*waitingCollector)(nil)

func newWaitingCollector(w *waiting) *waitingCollector {
	return &waitingCollector{
		waiting: w,
		now:     prometheus.NewDesc("duet_http_waiting_connections", "Connections without a request.", nil, nil),
		gone:    prometheus.NewDesc("duet_http_waiting_evicted_total", "Connections without a request that had to go for newer ones.", nil, nil),
	}
}

// Describe implements [prometheus.Collector].
func (c *waitingCollector) Describe(descs chan<- *prometheus.Desc) {
	descs <- c.now
	descs <- c.gone
}

// Collect implements [prometheus.Collector].
func (c *waitingCollector) Collect(out chan<- prometheus.Metric) {
	now, gone := c.waiting.counts()
	out <- prometheus.MustNewConstMetric(c.now, prometheus.GaugeValue, float64(now))
	out <- prometheus.MustNewConstMetric(c.gone, prometheus.CounterValue, float64(gone))
}
