package socket

// Update is one message of the latest class, taken apart: a head, items with
// their keys, and a tail, so that head + items joined by "," + tail is the
// message. Generated code builds it:
//
//	u := socket.NewUpdate(&roomPlayersUpdated)
//	u.Buf = m.AppendItemsHead(u.Buf)
//	u.EndHead()
//	for i := range m.Data.Players {
//		u.Buf = m.Data.Players[i].AppendJSON(u.Buf)
//		u.EndItem(m.Data.Players[i].ID)
//	}
//	u.Buf = m.AppendItemsTail(u.Buf)
//
// Passing it to Group.Update or Conn.Update ends its life.
type Update struct {
	Buf    []byte // what has been encoded; append to it
	latest *Latest
	head   int
	items  []updateItem
}

type updateItem struct {
	key string
	end int
}

// NewUpdate starts an Update of the given message.
func NewUpdate(l *Latest) *Update {
	u, _ := updatePool.Get().(*Update)
	if u == nil {
		u = &Update{}
	}
	u.latest = l
	return u
}

// EndHead marks the end of the head in Buf.
func (u *Update) EndHead() { u.head = len(u.Buf) }

// EndItem marks the end of the next item in Buf and names its slot.
func (u *Update) EndItem(key string) {
	u.items = append(u.items, updateItem{key, len(u.Buf)})
}

// owner gives the key of all items, or nothing where they differ.
func (u *Update) owner() string {
	for i := range u.items {
		if u.items[i].key != u.items[0].key {
			return ""
		}
	}
	if len(u.items) == 0 {
		return ""
	}
	return u.items[0].key
}

// addTo puts the items into p, in order.
func (u *Update) addTo(p *pending, g *Group) {
	if len(u.items) == 0 {
		return
	}
	tail := u.Buf[u.items[len(u.items)-1].end:]
	start := u.head
	for _, it := range u.items {
		p.update(slot{u.latest, g, it.key}, parts{u.Buf[:u.head], u.Buf[start:it.end], tail})
		start = it.end
	}
}

// free gives the Update back to the pool.
func (u *Update) free() {
	if cap(u.Buf) > maxPooled {
		return
	}
	clear(u.items)
	*u = Update{Buf: u.Buf[:0], items: u.items[:0]}
	updatePool.Put(u)
}
