package treeway_worker

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"math/rand"
	"net"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"
)

// the worker itself is this test program, started again
func TestMain(m *testing.M) {
	if os.Getenv("TREEWAY_TEST_WORKER") != "" {
		os.Args = os.Args[:1]
		Run()
	}
	os.Exit(m.Run())
}

type vector struct {
	Name       string
	Header     object
	HeaderText string
	BodyHex    string
	FrameHex   string
	Hex        string
	Body       *string
	IsBase64   bool `json:"is_base64"`
}

func readShared(t *testing.T, name string, into interface{}) {
	t.Helper()
	data, err := os.ReadFile("../protocol/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

func readVectors(t *testing.T) (vectors struct{ Frames, Invalid, RequestBodies []vector }) {
	readShared(t, "vectors.json", &vectors)
	return vectors
}

func fromHex(t *testing.T, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

type readFrame struct {
	header object
	body   string
}

func pushAll(reader *frameReader, data []byte) (frames []readFrame, err error) {
	err = reader.push(data, func(header object, body []byte) error {
		frames = append(frames, readFrame{header, string(body)})
		return nil
	})
	return frames, err
}

func TestEveryFrameDecodesAndEncodes(t *testing.T) {
	for _, one := range readVectors(t).Frames {
		data, body := fromHex(t, one.FrameHex), fromHex(t, one.BodyHex)
		frames, err := pushAll(&frameReader{}, data)
		if err != nil || len(frames) != 1 || !reflect.DeepEqual(frames[0], readFrame{one.Header, string(body)}) {
			t.Errorf("%s: %v %v", one.Name, frames, err)
		}
		encoded := append(appendLengths(nil, len(one.HeaderText), len(body)), one.HeaderText...)
		if !bytes.Equal(append(encoded, body...), data) {
			t.Errorf("%s: encoded otherwise", one.Name)
		}
	}
}

func TestFramesInPiecesAreTheSame(t *testing.T) {
	var data []byte
	for _, one := range readVectors(t).Frames {
		data = append(data, fromHex(t, one.FrameHex)...)
	}
	whole, _ := pushAll(&frameReader{}, data)
	for _, most := range []int{1, 2, 7, 100, 3000} {
		reader := &frameReader{}
		var frames []readFrame
		for rest := data; len(rest) > 0; {
			size := smaller(1+rand.Intn(most), len(rest))
			some, err := pushAll(reader, append([]byte(nil), rest[:size]...))
			if err != nil {
				t.Fatal(err)
			}
			frames = append(frames, some...)
			rest = rest[size:]
		}
		if !reflect.DeepEqual(frames, whole) {
			t.Errorf("in pieces of up to %d bytes: %d frames of %d", most, len(frames), len(whole))
		}
	}
}

func TestWhatIsNoFrameIsRefused(t *testing.T) {
	for _, one := range readVectors(t).Invalid {
		if _, err := pushAll(&frameReader{}, fromHex(t, one.Hex)); err == nil {
			t.Errorf("%s: accepted", one.Name)
		}
	}
}

func TestTextStaysTextAndBytesBecomeBase64(t *testing.T) {
	for _, one := range readVectors(t).RequestBodies {
		made := newCall(1, &function{}, object{}, object{})
		made.body = fromHex(t, one.Hex)
		made.complete()
		body, hasBody := made.event["body"].(string)
		isEqual := hasBody == (one.Body != nil) && (!hasBody || body == *one.Body)
		if isBase64, _ := made.event["is_base64"].(bool); !isEqual || isBase64 != one.IsBase64 {
			t.Errorf("%s: %v", one.Name, made.event)
		}
	}
}

func TestTheAnswerRulesAllLanguagesShare(t *testing.T) {
	var shared struct {
		Cases []struct {
			Name, Code string
			Value      interface{}
			Status     int
			Headers    object
			Body       string
			BodyHex    string
			BodyJSON   interface{}
		}
	}
	readShared(t, "answers.json", &shared)
	for _, one := range shared.Cases {
		made, err := toAnswer(one.Value)
		if one.Code != "" {
			if err == nil || toFailure(err).code != one.Code {
				t.Errorf("%s: %v %v", one.Name, made, err)
			}
			continue
		}
		body := []byte(one.Body)
		if one.BodyHex != "" {
			body = fromHex(t, one.BodyHex)
		}
		isSame := bytes.Equal(made.body, body)
		if one.BodyJSON != nil {
			var value interface{}
			isSame = json.Unmarshal(made.body, &value) == nil && reflect.DeepEqual(value, one.BodyJSON)
		}
		header, _ := decodeObject(toAnswerHeader("answer", 1, made))
		if err != nil || !isSame || header["s"] != float64(one.Status) || !reflect.DeepEqual(header["h"], one.Headers) {
			t.Errorf("%s: %v %s %v", one.Name, header, made.body, err)
		}
	}
}

func TestWhatOnlyGoHas(t *testing.T) {
	type texts map[string]string
	for name, one := range map[string]struct {
		value       interface{}
		status      int
		contentType string
		body        string
	}{
		"bytes":                 {[]byte("x"), 200, bytesType, "x"},
		"raw JSON":              {json.RawMessage(`{"a":1}`), 200, jsonType, `{"a":1}`},
		"text that is no UTF-8": {"\xff", 200, bytesType, "\xff"},
		"a map of texts":        {texts{"body": "b"}, 200, textType, "b"},
		"a list of texts":       {[]string{"<b>"}, 200, jsonType, `["<b>"]`},
		"a small status":        {object{"status": uint16(404), "body": int8(3)}, 404, textType, "3"},
		"a nil map":             {object(nil), 200, jsonType, "null"},
	} {
		made, err := toAnswer(one.value)
		if err != nil || made.status != one.status || string(made.body) != one.body || made.headers[0].values[0] != one.contentType {
			t.Errorf("%s: %v %v", name, made, err)
		}
	}
	circle := object{}
	circle["again"] = circle
	for _, value := range []interface{}{circle, func() {}, object{"n": make(chan<- int)}, object{"status": 200, "headers": object{"a": []int{1}, "b": object{}}}} {
		if made, err := toAnswer(value); err == nil {
			t.Errorf("%T: %d", value, made.status)
		}
	}
	for _, value := range []interface{}{strings.NewReader("x"), make(chan string), func(io.Writer) {}, func(func(string) bool) {}} {
		if made, err := toAnswer(object{"body": value}); err != nil || made.stream == nil {
			t.Errorf("%T: %v %v", value, made, err)
		}
	}
}

func TestHandlersOfEveryForm(t *testing.T) {
	event, params := object{"method": "GET"}, object{"id": "42"}
	for name, handler := range map[string]interface{}{
		"params":          func(_, params object) interface{} { return params["id"] },
		"texts":           func(_ object, params map[string]string) string { return params["id"] },
		"context":         func(_ context.Context, _, params object) (interface{}, error) { return params["id"], nil },
		"no event at all": func() interface{} { return "42" },
	} {
		invoke, err := toInvoker(handler)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if value, err := invoke(context.Background(), event, params); value != "42" || err != nil {
			t.Errorf("%s: %v %v", name, value, err)
		}
	}
	for _, handler := range []interface{}{func(int) int { return 1 }, func() (int, int) { return 1, 2 }} {
		if _, err := toInvoker(handler); err == nil {
			t.Errorf("%T is accepted", handler)
		}
	}
}

func startWorker(t *testing.T) (net.Conn, *exec.Cmd) {
	t.Helper()
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	syscall.CloseOnExec(pair[0])
	ours, theirs := os.NewFile(uintptr(pair[0]), "ours"), os.NewFile(uintptr(pair[1]), "theirs")
	connection, err := net.FileConn(ours)
	if err != nil {
		t.Fatal(err)
	}
	ours.Close()
	command := exec.Command(os.Args[0])
	command.Env = []string{"TREEWAY_TEST_WORKER=1"}
	command.ExtraFiles = []*os.File{theirs}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	connection.SetDeadline(time.Now().Add(10 * time.Second))
	t.Cleanup(func() {
		connection.Close()
		command.Process.Kill()
		command.Wait()
	})
	return connection, command
}

func exitStatus(command *exec.Cmd) int {
	command.Wait()
	return command.ProcessState.ExitCode()
}

func TestItSaysReadyAndEndsWithItsChannel(t *testing.T) {
	connection, command := startWorker(t)
	hello := `{"k":"hello","v":1,"root":"/srv","state":"/srv"}`
	connection.Write(append(appendLengths(nil, len(hello), 0), hello...))
	chunk := make([]byte, 4096)
	size, _ := connection.Read(chunk)
	frames, _ := pushAll(&frameReader{}, chunk[:size])
	if len(frames) != 1 || frames[0].header["k"] != "ready" || frames[0].header["language"] != "go" {
		t.Errorf("%v", frames)
	}
	connection.Close()
	if status := exitStatus(command); status != 0 {
		t.Errorf("exit status %d", status)
	}
}

func TestItEndsWithStatus70AtBytesThatAreNoFrame(t *testing.T) {
	for _, text := range []string{"GET / HTTP/1.1\r\n\r\n", "\xff\xff\xff\xff\xff\xff\xff\xff", "\x00\x00\x00\x03\x00\x00\x00\x00[1]"} {
		connection, command := startWorker(t)
		connection.Write([]byte(text))
		if status := exitStatus(command); status != protocolStatus {
			t.Errorf("%q: exit status %d", text, status)
		}
	}
}

func TestRandomBytesNeverHangIt(t *testing.T) {
	for range [3000]int{} {
		data := make([]byte, 1+rand.Intn(100))
		rand.Read(data)
		_, _ = pushAll(&frameReader{}, data)
	}
	connection, command := startWorker(t)
	data := make([]byte, 2000)
	rand.Read(data)
	connection.Write(data)
	connection.Close()
	if status := exitStatus(command); status != 0 && status != protocolStatus {
		t.Errorf("exit status %d", status)
	}
}

// FuzzDecode holds the decoder to encoding/json: whatever that takes for an object means the same here.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{`{}`, `{"a":[1,-2.5e3,true,null]}`, `{"\u00e9\ud83d\ude00":"\ud800"}`, `{"a":1,}`, `{"a":"\x"}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		made, err := decodeObject(data)
		var wanted object
		if json.Unmarshal(data, &wanted) != nil || wanted == nil || !json.Valid(data) {
			return
		}
		if bytes.ContainsRune(data, '\ufffd') || !bytes.Equal(data, bytes.ToValidUTF8(data, nil)) {
			return
		}
		if err != nil || !reflect.DeepEqual(made, wanted) {
			t.Errorf("%q: %v %v, wanted %v", data, made, err, wanted)
		}
	})
}

// FuzzEncode holds the encoder to encoding/json.
func FuzzEncode(f *testing.F) {
	for _, text := range []string{`{"b":[1,-2.5e3,1e300,-0,true,null,{}],"a":"\u00e9<&\u2028\u0001"}`, `[]`, `123456789012345678`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var value interface{}
		if json.Unmarshal(data, &value) != nil {
			return
		}
		made, err := toJSON(value)
		var again interface{}
		if err != nil || json.Unmarshal(made, &again) != nil || !reflect.DeepEqual(again, value) {
			t.Errorf("%q: %s %v", data, made, err)
		}
	})
}
