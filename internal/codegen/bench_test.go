package codegen_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/metrics"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/duet-api/duet/internal/codegen"
)

// manyMessages writes an AsyncAPI document with n messages a direction, each with a
// payload of its own that holds a shared object and a list.
func manyMessages(n int) string {
	var channel, operations, schemas strings.Builder
	for _, side := range []struct{ prefix, action string }{{"do", "receive"}, {"did", "send"}} {
		fmt.Fprintf(&operations, "  %s: {action: %s, channel: {$ref: '#/channels/all'}, messages: [", side.prefix, side.action)
		for i := range n {
			name := fmt.Sprintf("%s%d", side.prefix, i)
			fmt.Fprintf(&channel, "      %s: {payload: {$ref: '#/components/schemas/%[1]s'}}\n", name)
			fmt.Fprintf(&operations, "{$ref: '#/channels/all/messages/%s'}, ", name)
			fmt.Fprintf(&schemas, `    %s:
      type: object
      required: [type, id, at]
      properties:
        type: {type: string, const: %[1]s}
        id: {type: string, format: uuid}
        at: {type: string, format: date-time}
        size: {type: integer, minimum: 0, maximum: 1000}
        tags: {type: array, items: {type: string, maxLength: 20}, maxItems: 8}
        place: {$ref: '#/components/schemas/Place'}
`, name)
		}
		operations.WriteString("]}\n")
	}
	return "asyncapi: 3.0.0\ninfo: {title: Many, version: 1.0.0}\nservers: {s: {host: 'a:1', protocol: ws}}\n" +
		"channels:\n  all:\n    address: /all\n    messages:\n" + channel.String() +
		"operations:\n" + operations.String() +
		"components:\n  schemas:\n    Place: {type: object, required: [x, y], properties: {x: {type: number}, y: {type: number}}}\n" + schemas.String()
}

// BenchmarkGenerate measures how time and memory grow with the number of messages:
// peak-MB is the most of the heap that was in use at any time. make bench-micro
// runs it.
func BenchmarkGenerate(b *testing.B) {
	for _, n := range []int{10, 50, 228, 1000} {
		b.Run(fmt.Sprintf("messages=%d", n), func(b *testing.B) {
			benchmark(b, codegen.Input{
				FS:       fstest.MapFS{"many.yaml": {Data: []byte(manyMessages(n / 2))}},
				AsyncAPI: "many.yaml", Package: "example.com/many",
			})
		})
	}
}

// BenchmarkGenerateFile measures the document that DUET_BENCH_OPENAPI or
// DUET_BENCH_ASYNCAPI names.
func BenchmarkGenerateFile(b *testing.B) {
	openapi, asyncapi := os.Getenv("DUET_BENCH_OPENAPI"), os.Getenv("DUET_BENCH_ASYNCAPI")
	if openapi == "" && asyncapi == "" {
		b.Skip("no document is named")
	}
	in := codegen.Input{FS: os.DirFS(filepath.Dir(openapi + asyncapi)), Package: "example.com/file"}
	if openapi != "" {
		in.OpenAPI = filepath.Base(openapi)
	} else {
		in.AsyncAPI = filepath.Base(asyncapi)
	}
	benchmark(b, in)
}

func benchmark(b *testing.B, in codegen.Input) {
	b.Helper()
	b.ReportAllocs()
	stop, peak := make(chan struct{}), make(chan uint64)
	go func() {
		peak <- watchHeap(stop)
	}()
	for b.Loop() {
		if _, _, diags := codegen.Generate(context.Background(), in); diags.HasErrors() {
			b.Fatal(diags)
		}
	}
	close(stop)
	b.ReportMetric(float64(<-peak)/1e6, "peak-MB")
}

// watchHeap gives the most of the heap that was in use until stop.
func watchHeap(stop <-chan struct{}) (peak uint64) {
	const name = "/memory/classes/heap/objects:bytes"
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		sample := []metrics.Sample{{Name: name}}
		metrics.Read(sample)
		peak = max(peak, sample[0].Value.Uint64())
		select {
		case <-stop:
			return peak
		case <-tick.C:
		}
	}
}
