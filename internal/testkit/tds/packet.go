package tds

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"unicode/utf16"
)

// The kinds of packets.
const (
	packetBatch     = 1
	packetRPC       = 3
	packetReply     = 4
	packetAttention = 6
	packetBulk      = 7
	packetTx        = 14
	packetLogin     = 16
	packetPrelogin  = 18
)

// The bits of a packet's status.
const (
	endOfMessage = 1
	ignored      = 2 // what came before is to be forgotten
	reset        = 8 // the session is to be reset before the message
)

const packetSize = 4096

// message is a whole message.
type message struct {
	kind  byte
	reset bool
	data  []byte
}

// maxMessage bounds what a client may send.
const maxMessage = 64 << 20

// receive reads one message.
func receive(r io.Reader) (message, error) {
	var m message
	for {
		var h [8]byte
		if _, err := io.ReadFull(r, h[:]); err != nil {
			return m, err
		}
		n := int(binary.BigEndian.Uint16(h[2:])) - len(h)
		if n < 0 || len(m.data)+n > maxMessage {
			return m, errors.New("tds: a packet's length is out of range")
		}
		at := len(m.data)
		m.data = append(m.data, make([]byte, n)...)
		if _, err := io.ReadFull(r, m.data[at:]); err != nil {
			return m, err
		}
		m.kind, m.reset = h[0], m.reset || h[1]&reset != 0
		if h[1]&endOfMessage != 0 {
			if h[1]&ignored != 0 {
				return message{kind: m.kind}, nil
			}
			return m, nil
		}
	}
}

// writer sends messages, one at a time.
type writer struct {
	mu   sync.Mutex
	conn net.Conn
}

// send sends data as a reply, in as many packets as it takes.
func (w *writer) send(data []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id := byte(1); ; id++ {
		n := min(len(data), packetSize-8)
		status := byte(0)
		if n == len(data) {
			status = endOfMessage
		}
		packet := make([]byte, 8, 8+n)
		packet[0], packet[1], packet[6] = packetReply, status, id
		binary.BigEndian.PutUint16(packet[2:], uint16(8+n)) //nolint:gosec // n is below packetSize
		if _, err := w.conn.Write(append(packet, data[:n]...)); err != nil {
			return err
		}
		if data = data[n:]; status == endOfMessage {
			return nil
		}
	}
}

// cut sends the first half of a packet, as a connection does that breaks.
func (w *writer) cut(data []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(len(data), packetSize-8)
	packet := make([]byte, 8, 8+n)
	packet[0], packet[6] = packetReply, 1
	binary.BigEndian.PutUint16(packet[2:], uint16(8+n)) //nolint:gosec // n is below packetSize
	_, _ = w.conn.Write(append(packet, data[:n/2]...))  // who reads it sees the connection end
}

// reader takes a message apart. What is missing makes it bad, and everything after it zero.
type reader struct {
	data []byte
	bad  bool
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.data) {
		r.bad, r.data = true, nil
		return make([]byte, max(0, min(n, 16)))
	}
	out := r.data[:n]
	r.data = r.data[n:]
	return out
}

func (r *reader) u8() byte    { return r.take(1)[0] }
func (r *reader) u16() uint16 { return binary.LittleEndian.Uint16(r.take(2)) }
func (r *reader) u32() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *reader) u64() uint64 { return binary.LittleEndian.Uint64(r.take(8)) }

// text reads n characters of UTF-16.
func (r *reader) text(n int) string { return fromUTF16(r.take(2 * n)) }

// headers passes over ALL_HEADERS.
func (r *reader) headers() {
	if n := int(r.u32()); n >= 4 {
		r.take(n - 4)
	}
}

func fromUTF16(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

func appendUTF16(b []byte, s string) []byte {
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func utf16Len(s string) int { return len(utf16.Encode([]rune(s))) }

// appendShort and appendLong write a text behind its number of characters, of one byte and of two.
func appendShort(b []byte, s string) []byte {
	return appendUTF16(append(b, byte(utf16Len(s))), s)
}

func appendLong(b []byte, s string) []byte {
	return appendUTF16(binary.LittleEndian.AppendUint16(b, uint16(utf16Len(s))), s) //nolint:gosec // messages of tests are short
}
