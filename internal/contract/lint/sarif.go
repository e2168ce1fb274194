package lint

import (
	"io"
	"net/url"

	"github.com/duet-api/duet/internal/codegen/source"
)

// The parts of SARIF 2.1.0 that a report needs
// (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string    `json:"id"`
		ShortDescription sarifText `json:"shortDescription"`
		Help             sarifHelp `json:"help"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifHelp struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown"`
	}
	sarifResult struct {
		RuleID           string          `json:"ruleId"`
		RuleIndex        *int            `json:"ruleIndex,omitempty"`
		Level            string          `json:"level"`
		Message          sarifText       `json:"message"`
		Locations        []sarifLocation `json:"locations,omitempty"`
		RelatedLocations []sarifLocation `json:"relatedLocations,omitempty"`
	}
	sarifLocation struct {
		PhysicalLocation sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		ArtifactLocation sarifArtifact `json:"artifactLocation"`
		Region           *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
	}
)

const (
	sarifSchema = "https://json.schemastore.org/sarif-2.1.0.json"
	homepage    = "https://github.com/duet-api/duet"
)

// SARIF writes reports as a SARIF 2.1.0 log, with the pages of the rules that
// were broken.
func SARIF(w io.Writer, list []*Printed) error {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "duet", InformationURI: homepage, Rules: []sarifRule{}}
	index := map[string]int{}
	for i, rule := range brokenRules(list) {
		index[rule.Name] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
			ID: rule.Name, ShortDescription: sarifText{rule.Summary}, Help: sarifHelp{rule.Page, rule.Page},
		})
	}
	for _, p := range list {
		for _, d := range p.Findings {
			result := p.result(d)
			if i, known := index[d.Rule]; known {
				result.RuleIndex = &i
			}
			run.Results = append(run.Results, result)
		}
	}
	return writeJSON(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

func (p *Printed) result(d source.Diagnostic) sarifResult {
	result := sarifResult{RuleID: d.Rule, Level: d.Severity.String(), Message: sarifText{p.text(d)}}
	if d.Pos.File != "" {
		result.Locations = []sarifLocation{p.location(d.Pos)}
	}
	for _, pos := range p.related(d) {
		result.RelatedLocations = append(result.RelatedLocations, p.location(pos))
	}
	return result
}

// brokenRules gives the rules that reports have findings of, by name.
func brokenRules(list []*Printed) []*Rule {
	broken := map[string]bool{}
	for _, p := range list {
		for _, d := range p.Findings {
			broken[d.Rule] = true
		}
	}
	rules := Rules()
	var out []*Rule
	for _, name := range sortedNames(rules) {
		if broken[name] {
			out = append(out, rules[name])
		}
	}
	return out
}

func (p *Printed) location(pos source.Pos) sarifLocation {
	uri := url.URL{Path: p.path(pos.File)}
	out := sarifLocation{sarifPhysical{ArtifactLocation: sarifArtifact{uri.EscapedPath()}}}
	if pos.IsValid() {
		out.PhysicalLocation.Region = &sarifRegion{pos.Line, p.character(pos)}
	}
	return out
}
