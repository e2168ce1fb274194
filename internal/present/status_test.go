package present_test

import (
	"net/http"
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/duet-api/duet/gen/schema"
	"github.com/duet-api/duet/internal/present"
)

// TestStatus compares the table with the descriptions of the contract, which begin with the status.
func TestStatus(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../../api/schemas/error-code.yaml")
	if err != nil {
		t.Fatal(err)
	}
	declared := map[schema.ErrorCode]int{}
	for _, found := range regexp.MustCompile(`(?m)^  (\w+):(?: >-\n   )? (\d{3})\. `).FindAllStringSubmatch(string(document), -1) {
		declared[schema.ErrorCode(found[1])], _ = strconv.Atoi(found[2])
	}
	if len(declared) < 20 {
		t.Fatalf("the contract has %d codes with a status", len(declared))
	}
	for _, code := range schema.ErrorCodeValues() {
		want, ok := declared[code]
		if !ok {
			want = http.StatusInternalServerError // of the socket only
		}
		if got := present.Status(code); got != want {
			t.Errorf("%s: status %d, want %d", code, got, want)
		}
	}
}
