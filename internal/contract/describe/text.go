package describe

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/duet-api/duet/internal/codegen/spec"
)

// JSON writes descriptions as a list.
func JSON(w io.Writer, list []*Description) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(list); err != nil {
		return fmt.Errorf("write the description: %w", err)
	}
	return nil
}

// Directions writes who sends what on each socket, and nothing more.
func (d *Description) Directions(w io.Writer) {
	for _, s := range d.Sockets {
		width := 0
		for _, list := range [][]Message{s.ToServer.Messages, s.ToClient.Messages} {
			for _, m := range list {
				width = max(width, len(m.label()))
			}
		}
		fmt.Fprintf(w, "%s (%s): the document takes the %s's view\n", s.Name, s.Path, d.Perspective)
		s.ToServer.print(w, "client", width)
		s.ToClient.print(w, "server", width)
	}
}

func (d Direction) print(w io.Writer, who string, width int) {
	for _, m := range d.Messages {
		line := fmt.Sprintf("  %s sends  %-*s  %s", who, width, m.label(), m.remark())
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

// label names a message by what a frame calls it, and by its key in the document
// where that is another word: trade (t). Of many values none is shown.
func (m Message) label() string {
	if strings.Count(m.Tag, "|") > 2 {
		return m.Key
	}
	if spec.Pascal(m.Key) == spec.Pascal(m.Tag) {
		return m.Tag
	}
	return m.Key + " (" + m.Tag + ")"
}

func (m Message) remark() string {
	switch {
	case m.Reply != "" && m.Error != "":
		return "and gets " + m.Reply + " or " + m.Error
	case m.Reply != "":
		return "and gets " + m.Reply
	case m.Role == "reply or push":
		return "as a reply or by itself"
	case m.Role == "reply":
		return "as a reply"
	case m.Delivery == "latest":
		return "latest only"
	}
	return ""
}

// Text writes the description for people.
func (d *Description) Text(w io.Writer) {
	fmt.Fprintf(w, "%s %s\n", d.Title, d.Version)
	for _, s := range d.Sockets {
		fmt.Fprintln(w)
		s.text(w)
	}
	switch {
	case len(d.Sockets) > 0:
		d.view(w)
	case d.Perspective != "":
		d.noSocket(w)
	}
	if d.REST != nil {
		fmt.Fprintln(w)
		d.REST.text(w)
	}
}

// view says whose view the document takes, and what speaks against it.
func (d *Description) view(w io.Writer) {
	other := map[string]string{"server": "client", "client": "server"}[d.Perspective]
	meaning := "what clients send"
	if d.Perspective == "client" {
		meaning = "what clients get"
	}
	word := "receive"
	if d.version2 {
		word = "publish"
	}
	fmt.Fprintf(w, "\nThe AsyncAPI document takes the %s's view: %s is %s. If that is wrong,\nwrite x-perspective: %s at its top, or give -perspective %s.\n", d.Perspective, word, meaning, other, other)
	for _, doubt := range d.Doubts {
		fmt.Fprintf(w, "warning: %s\n", doubt)
	}
}

// noSocket says why there is no socket, and what there is.
func (d *Description) noSocket(w io.Writer) {
	fmt.Fprintln(w, "\nThere is no socket.")
	for _, why := range d.NoSocket {
		fmt.Fprintf(w, "  %s\n", why)
	}
	if len(d.Types) > 0 {
		fmt.Fprintf(w, "  Types: %s.\n", strings.Join(d.Types, ", "))
	}
}

func (s Socket) text(w io.Writer) {
	fmt.Fprintf(w, "Socket %s  %s\n", s.Name, s.Path)
	if s.About != "" {
		fmt.Fprintf(w, "  %s\n", s.About)
	}
	if s.Subprotocol != "" {
		fmt.Fprintf(w, "  Subprotocol %s.\n", s.Subprotocol)
	}
	handshake(w, "Query", s.Query)
	handshake(w, "Headers", s.Headers)
	fmt.Fprintf(w, "  A message to the server has at most %d bytes, where nothing else is said.\n", s.MaxBytes)
	if s.FlushMs > 0 {
		fmt.Fprintf(w, "  Two deliveries to a group of connections are at least %d ms apart.\n", s.FlushMs)
	}
	s.ToServer.text(w, "client")
	s.ToClient.text(w, "server")
	s.security(w)
	s.closeCodes(w)
}

func handshake(w io.Writer, what string, names []string) {
	if len(names) > 0 {
		fmt.Fprintf(w, "  %s of the handshake: %s (? is optional).\n", what, strings.Join(names, ", "))
	}
}

func (d Direction) text(w io.Writer, who string) {
	if len(d.Messages) == 0 {
		fmt.Fprintf(w, "\n  The %s sends nothing.\n", who)
		return
	}
	fmt.Fprintf(w, "\n  The %s sends", who)
	if d.ToldBy != "" {
		fmt.Fprintf(w, " (told by %s", d.ToldBy)
		if d.Rule > 0 {
			fmt.Fprintf(w, "; rule %d", d.Rule)
		}
		fmt.Fprint(w, ")")
	}
	fmt.Fprintln(w, ":")
	var rows [][]string
	for _, m := range d.Messages {
		rows = append(rows, []string{"    " + m.label(), m.Type, m.remark(), d.told(m) + m.limits()})
	}
	table(w, rows)
}

// told says which frames a message is, where its tag does not.
func (d Direction) told(m Message) string {
	if m.Binary {
		return "a binary frame; "
	}
	if d.ToldBy == "" || m.When == "" || d.Rule == tried || m.When == d.Pointer+` is "`+m.Tag+`"` {
		return ""
	}
	return "where " + m.When + "; "
}

// limits says how a message is handled where that is not the default.
func (m Message) limits() string {
	var out []string
	if m.Delivery == "latest" {
		out = append(out, "newest of "+m.Items+" by "+m.ItemKey)
	}
	if m.Delivery == "reliable" {
		out = append(out, "reliable")
	}
	if m.FlushNow {
		out = append(out, "at once")
	}
	if m.Burst > 0 {
		out = append(out, strconv.FormatFloat(m.PerSecond, 'g', -1, 64)+" a second, "+strconv.Itoa(m.Burst)+" at once")
	}
	if m.Delivery == "" && m.MaxBytes > 0 {
		out = append(out, "at most "+strconv.Itoa(m.MaxBytes)+" bytes")
	}
	if m.Correlation != "" {
		out = append(out, "id at "+m.Correlation)
	}
	if m.ReconnectAfter != "" {
		out = append(out, "stay away for the milliseconds at "+m.ReconnectAfter)
	}
	return strings.Join(out, "; ")
}

func (s Socket) security(w io.Writer) {
	if len(s.Security) == 0 {
		fmt.Fprintln(w, "\n  Nobody has to say who they are.")
		return
	}
	fmt.Fprintln(w, "\n  A client says who it is by one of:")
	var rows [][]string
	for _, sec := range s.Security {
		rows = append(rows, []string{"    " + sec.Scheme, sec.How})
	}
	table(w, rows)
}

func (s Socket) closeCodes(w io.Writer) {
	if len(s.CloseCodes) == 0 {
		return
	}
	fmt.Fprintln(w, "\n  Close codes:")
	var rows [][]string
	for _, c := range s.CloseCodes {
		then := "stop"
		if c.Reconnect {
			then = "reconnect"
		}
		rows = append(rows, []string{"    " + strconv.Itoa(c.Code), c.Name, then, c.About})
	}
	table(w, rows)
}

func (r *REST) text(w io.Writer) {
	fmt.Fprintf(w, "REST %s\n", r.BasePath)
	var rows [][]string
	for _, op := range r.Operations {
		login := ""
		if op.Secured {
			login = "needs a login"
		}
		rows = append(rows, []string{"  " + op.Method + " " + op.Path, op.Name, strings.Join(op.Params, ", "), op.Body, strings.Join(op.Responses, ", "), login})
	}
	table(w, rows)
}

// table writes rows of cells in columns.
func table(w io.Writer, rows [][]string) {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 1, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	_ = t.Flush() // to a Builder, which takes everything
	for line := range strings.Lines(b.String()) {
		fmt.Fprintln(w, strings.TrimRight(line, " \n"))
	}
}
