console.log("club")
