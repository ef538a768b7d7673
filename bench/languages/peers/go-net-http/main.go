package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
)

type address struct {
	City string `json:"city"`
	Zip  string `json:"zip"`
}

type order struct {
	ID      int      `json:"id"`
	Name    string   `json:"name"`
	Active  bool     `json:"active"`
	Tags    []string `json:"tags"`
	Address address  `json:"address"`
	Notes   []string `json:"notes"`
}

func send(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	text, _ := json.Marshal(value)
	_, _ = w.Write(text)
}

func main() {
	http.HandleFunc("/hello", func(w http.ResponseWriter, _ *http.Request) {
		send(w, map[string]string{"hello": "world"})
	})
	http.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		var asked order
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Name == "" || asked.Tags == nil || asked.Notes == nil {
			http.Error(w, "no order", http.StatusBadRequest)
			return
		}
		send(w, asked)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("listening on http://%s\n", listener.Addr())
	panic(http.Serve(listener, nil))
}
