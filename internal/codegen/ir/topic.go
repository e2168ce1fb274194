package ir

// Topic is a channel that shares a socket with others (x-topic): a member of
// each of its frames holds its address, with the parameters filled in.
type Topic struct {
	Name    string // FeedTicker: unique among the topics of all sockets
	Address string // ticker.{symbol}
	Doc     string
	Params  []*Param // in the order of the address
	// Parts are the texts of the address before, between and after the
	// parameters. No value of a parameter has one of the Separators.
	Parts      []string
	Separators string
}

// Sample gives a topic, as an example.
func (t *Topic) Sample() string {
	text := t.Parts[0]
	for i, p := range t.Params {
		value := "a1"
		if len(p.Type.Enum) > 0 {
			value = p.Type.Enum[0].Name
			if raw := p.Type.Enum[0].JSON; len(raw) > 2 {
				value = raw[1 : len(raw)-1]
			}
		}
		text += value + t.Parts[i+1]
	}
	return text
}
