package comms

// firstNames are names that many children in England have had in the last twenty
// years, from general knowledge of the Office for National Statistics' yearly lists.
// Names that are words as well, such as Grace, Hope, May or Will, are left out.
var firstNames = []string{
	"Aaliyah", "Aaron", "Abdullah", "Abigail", "Adam", "Aisha", "Albert", "Alex", "Alexander", "Alfie", "Alice", "Amber", "Amelia", "Amelie",
	"Amina", "Amir", "Amy", "Anna", "Annabelle", "Archie", "Aria", "Arlo", "Arthur", "Arya", "Ava", "Ayaan", "Beatrice", "Bella", "Ben", "Benjamin",
	"Bethany", "Blake", "Bobby", "Caleb", "Callum", "Cameron", "Caitlin", "Charlie", "Charlotte", "Chloe", "Clara", "Connor", "Courtney", "Daisy",
	"Daniel", "Darcie", "Darcy", "David", "Dexter", "Dylan", "Edward", "Eleanor", "Elijah", "Eliza", "Elizabeth", "Ella", "Ellie", "Elliot", "Elliott",
	"Elsie", "Emilia", "Emily", "Emma", "Erin", "Esme", "Ethan", "Eva", "Evelyn", "Evie", "Ezra", "Fatima", "Felix", "Finlay", "Finley", "Florence",
	"Frankie", "Freddie", "Frederick", "Freya", "Gabriel", "George", "Georgia", "Gracie", "Hannah", "Harley", "Harper", "Harriet", "Harrison", "Harry",
	"Harvey", "Heidi", "Henry", "Hollie", "Holly", "Hugo", "Ibrahim", "Imogen", "Isaac", "Isabella", "Isabelle", "Isla", "Jack", "Jackson", "Jacob",
	"Jaiden", "Jake", "James", "Jamie", "Jasmine", "Jayden", "Jesse", "Jessica", "Joel", "Joseph", "Joshua", "Jude", "Julia", "Kai", "Keira", "Kian",
	"Kieran", "Lacey", "Layla", "Leah", "Leo", "Leon", "Lewis", "Lexi", "Liam", "Lilly", "Lola", "Lottie", "Louie", "Louis", "Luca", "Lucas", "Lucy",
	"Luke", "Lydia", "Maddison", "Madison", "Maisie", "Maria", "Maryam", "Mason", "Matilda", "Matthew", "Max", "Maya", "Megan", "Mia", "Michael",
	"Mila", "Millie", "Mohammad", "Mohammed", "Molly", "Muhammad", "Mya", "Nancy", "Nathan", "Niamh", "Noah", "Nora", "Oliver", "Olivia", "Ollie",
	"Orla", "Oscar", "Owen", "Paige", "Penelope", "Phoebe", "Poppy", "Quinn", "Ralph", "Reggie", "Reuben", "Rhys", "Riley", "Robyn", "Ronnie", "Rory",
	"Roman", "Rosie", "Ruby", "Ryan", "Sadie", "Samuel", "Sara", "Sarah", "Scarlett", "Sebastian", "Seth", "Shannon", "Sienna", "Skye", "Sofia",
	"Sophia", "Sophie", "Stanley", "Summer", "Tabitha", "Teddy", "Thea", "Theo", "Theodore", "Thomas", "Tilly", "Tobias", "Toby", "Tommy", "Tyler",
	"Violet", "William", "Willow", "Yusuf", "Zac", "Zachary", "Zain", "Zainab", "Zara", "Zoe",
}
