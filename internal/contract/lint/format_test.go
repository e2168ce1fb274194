package lint_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/contract/lint"
)

// printed is a report with all that makes printing hard: other places, tabs,
// characters of several bytes, no place at all, text that looks like syntax.
func printed() *lint.Printed {
	r := &lint.Report{Ignored: 2}
	at := source.Pos{File: "ä.yaml", Line: 2, Column: 10}
	r.Findings.Errorf(source.Pos{}, "no-document", "", "nothing")
	r.Findings.Errorf(at, "name-collision", "rename\none", "the name Ü is already at %s", source.Pos{File: "ä.yaml", Line: 1, Column: 1})
	r.Findings.Warnf(source.Pos{File: "b.yaml", Line: 3, Column: 2}, "ref-unresolved", "", "100%% at b.yaml:1:1, and at nowhere.yaml:1:1")
	r.Findings = append(r.Findings, source.Diagnostic{Pos: source.Pos{File: "gone.yaml", Line: 9, Column: 9}, Severity: source.Note, Rule: "made-up", Message: "a note"})
	return &lint.Printed{
		Report: r,
		FS: fstest.MapFS{
			"ä.yaml": {Data: []byte("title: Ü\n\"ÜÜ\": [Ü]\r\n")},
			"b.yaml": {Data: []byte("one: 1\n\n\tthree\x1b: 3\n" + strings.Repeat("x", 9))},
		},
		Show: func(file string) string { return "../" + file },
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	printed().Text(&b)
	want := `-: error: no-document: nothing
../ä.yaml:2:10: error: name-collision: the name Ü is already at ../ä.yaml:1:1; rename
one
  2 | "ÜÜ": [Ü]
    |        ^
  1 | title: Ü
    | ^ ../ä.yaml:1:1
../b.yaml:3:2: warning: ref-unresolved: 100% at ../b.yaml:1:1, and at nowhere.yaml:1:1
  3 | 	three` + "\ufffd" + `: 3
    | 	^
  1 | one: 1
    | ^ ../b.yaml:1:1
../gone.yaml:9:9: note: made-up: a note
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestCaret has the caret below its character, however wide those before it are.
func TestCaret(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		line   string
		column int // in bytes
		want   string
	}{
		"narrow":    {"ab: c", 5, "  1 | ab: c\n    |     ^\n"},
		"wide":      {"日本: c", 9, "  1 | 日本: c\n    |       ^\n"},
		"combining": {"u\u0308: c", 6, "  1 | u\u0308: c\n    |    ^\n"},
		"UTF-16":    {"a\x00: c", 5, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &lint.Report{}
			r.Findings.Errorf(source.Pos{File: "a.yaml", Line: 1, Column: tt.column}, "made-up", "", "x")
			p := &lint.Printed{Report: r, FS: fstest.MapFS{"a.yaml": {Data: []byte(tt.line)}}}
			var b strings.Builder
			p.Text(&b)
			_, got, _ := strings.Cut(b.String(), "\n")
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestGitHub(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	printed().GitHub(&b)
	want := `::error title=no-document::nothing
::error file=../ä.yaml,line=2,col=8,title=name-collision::the name Ü is already at ../ä.yaml:1:1; rename%0Aone
::warning file=../b.yaml,line=3,col=2,title=ref-unresolved::100%25 at ../b.yaml:1:1, and at nowhere.yaml:1:1
::notice file=../gone.yaml,line=9,col=9,title=made-up::a note
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := lint.JSON(&b, []*lint.Printed{printed()}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Ignored  int
		Findings []struct {
			File, Severity, Rule, Message string
			Line, Column                  int
			Related                       []struct {
				File         string
				Line, Column int
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Findings) != 4 || got.Ignored != 2 {
		t.Fatalf("%d findings, %d ignored", len(got.Findings), got.Ignored)
	}
	f := got.Findings[2]
	if f.File != "../b.yaml" || f.Line != 3 || f.Column != 2 || f.Severity != "warning" || f.Rule != "ref-unresolved" ||
		len(f.Related) != 1 || f.Related[0].Line != 1 {
		t.Errorf("got %+v", f)
	}
	if got.Findings[0].Line != 0 || got.Findings[0].File != "" {
		t.Errorf("a finding without a place has %+v", got.Findings[0])
	}
}

// sarifStructure is what SARIF 2.1.0 asks of the objects that are written,
// after the schema of the standard.
const sarifStructure = `{
  "type": "object", "required": ["version", "runs"], "additionalProperties": false,
  "properties": {
    "$schema": {"type": "string", "format": "uri"},
    "version": {"const": "2.1.0"},
    "runs": {"type": "array", "minItems": 1, "items": {
      "type": "object", "required": ["tool"], "additionalProperties": false,
      "properties": {
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "tool": {"type": "object", "required": ["driver"], "additionalProperties": false, "properties": {"driver": {
          "type": "object", "required": ["name"], "additionalProperties": false,
          "properties": {
            "name": {"type": "string", "minLength": 1},
            "informationUri": {"type": "string", "format": "uri"},
            "rules": {"type": "array", "uniqueItems": true, "items": {
              "type": "object", "required": ["id"], "additionalProperties": false,
              "properties": {"id": {"type": "string"}, "shortDescription": {"$ref": "#/$defs/text"}, "help": {"$ref": "#/$defs/text"}}
            }}
          }
        }}},
        "results": {"type": "array", "items": {
          "type": "object", "required": ["message"], "additionalProperties": false,
          "properties": {
            "ruleId": {"type": "string"},
            "ruleIndex": {"type": "integer", "minimum": 0},
            "level": {"enum": ["none", "note", "warning", "error"]},
            "message": {"$ref": "#/$defs/text"},
            "locations": {"type": "array", "items": {"$ref": "#/$defs/location"}},
            "relatedLocations": {"type": "array", "uniqueItems": true, "items": {"$ref": "#/$defs/location"}}
          }
        }}
      }
    }}
  },
  "$defs": {
    "text": {"type": "object", "required": ["text"], "additionalProperties": false, "properties": {
      "text": {"type": "string", "minLength": 1}, "markdown": {"type": "string"}
    }},
    "location": {"type": "object", "additionalProperties": false, "properties": {"physicalLocation": {
      "type": "object", "required": ["artifactLocation"], "additionalProperties": false,
      "properties": {
        "artifactLocation": {"type": "object", "additionalProperties": false, "properties": {"uri": {"type": "string", "format": "uri-reference"}}},
        "region": {"type": "object", "additionalProperties": false, "properties": {
          "startLine": {"type": "integer", "minimum": 1}, "startColumn": {"type": "integer", "minimum": 1}
        }}
      }
    }}}
  }
}`

func TestSARIF(t *testing.T) {
	t.Parallel()
	structure, err := jsonschema.UnmarshalJSON(strings.NewReader(sarifStructure))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", structure); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, list := range map[string][]*lint.Printed{"empty": nil, "findings": {printed(), printed()}} {
		var b bytes.Buffer
		if err := lint.SARIF(&b, list); err != nil {
			t.Fatal(err)
		}
		log, err := jsonschema.UnmarshalJSON(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(log); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSARIFRules checks that each result points at the page of its rule.
func TestSARIFRules(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := lint.SARIF(&b, []*lint.Printed{printed()}); err != nil {
		t.Fatal(err)
	}
	var log struct {
		Runs []struct {
			Tool struct {
				Driver struct {
					Rules []struct{ ID string }
				}
			}
			Results []struct {
				RuleID    string
				RuleIndex *int
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	rules := log.Runs[0].Tool.Driver.Rules
	for _, r := range log.Runs[0].Results {
		switch {
		case r.RuleID == "made-up":
			if r.RuleIndex != nil {
				t.Error("a rule without a page has an index")
			}
		case r.RuleIndex == nil || rules[*r.RuleIndex].ID != r.RuleID:
			t.Errorf("the result of %s has the index %v of %v", r.RuleID, r.RuleIndex, rules)
		}
	}
}

func TestFailed(t *testing.T) {
	t.Parallel()
	for severity, want := range map[source.Severity]struct{ usual, strict bool }{
		source.Error: {true, true}, source.Warning: {false, true}, source.Note: {false, false},
	} {
		r := &lint.Report{Findings: source.Diagnostics{{Severity: severity}}}
		if r.Failed(false) != want.usual || r.Failed(true) != want.strict {
			t.Errorf("a report with one %s fails: %v, and strictly %v", severity, r.Failed(false), r.Failed(true))
		}
	}
}
